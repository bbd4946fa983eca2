#ifndef AIFX_TESTS_UNIT_CORE_FEATURES_EVERY_SET_H_
#define AIFX_TESTS_UNIT_CORE_FEATURES_EVERY_SET_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/features/registry.h"
#include "core/features/technical/families.h"
#include "core/features/technical/technical_set.h"

// What the tests run over: made from the registries, so that no set and no indicator is forgotten.
namespace aifx::features {

// The names of all columns of all indicators in that convention.
inline std::vector<std::string> EveryColumnName(Convention convention) {
  std::vector<std::string> names;
  for (const IndicatorFamily* family : families::All()) {
    for (const IndicatorColumn& column : family->columns(convention)) {
      names.push_back(column.column.name);
    }
  }
  return names;
}

// A set of those columns, which lives for the whole process.
inline const TechnicalSet* NewSet(std::string name, Convention convention,
                                  std::vector<std::string> columns) {
  return TechnicalSet::Make(std::move(name), convention, std::move(columns)).value().release();
}

// One set of every column, in each convention.
inline const std::vector<const TechnicalSet*>& EveryIndicator() {
  static const auto& kSets = *new std::vector<const TechnicalSet*>{
      NewSet("every-indicator", Convention::kReference, EveryColumnName(Convention::kReference)),
      NewSet("every-indicator-talib", Convention::kTaLib, EveryColumnName(Convention::kTaLib)),
      NewSet("every-indicator-engine", Convention::kEngine, EveryColumnName(Convention::kEngine))};
  return kSets;
}

// The registered sets and EveryIndicator.
inline std::vector<const FeatureSet*> EverySet() {
  std::vector<const FeatureSet*> sets(AllFeatureSets().begin(), AllFeatureSets().end());
  sets.insert(sets.end(), EveryIndicator().begin(), EveryIndicator().end());
  return sets;
}

// EverySet, and a set of its own for each column in each convention.
inline const std::vector<const FeatureSet*>& EverySetAndColumn() {
  static const auto& kSets = *new auto([] {
    std::vector<const FeatureSet*> sets = EverySet();
    const std::pair<const char*, Convention> conventions[] = {{"", Convention::kReference},
                                                              {"-talib", Convention::kTaLib},
                                                              {"-engine", Convention::kEngine}};
    for (const auto& [suffix, convention] : conventions) {
      for (const std::string& name : EveryColumnName(convention)) {
        sets.push_back(NewSet(absl::StrCat("only-", name, suffix), convention, {name}));
      }
    }
    return sets;
  }());
  return kSets;
}

}  // namespace aifx::features

#endif  // AIFX_TESTS_UNIT_CORE_FEATURES_EVERY_SET_H_
