#include "core/features/feature_set.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/base/status_macros.h"
#include "core/features/registry.h"
#include "core/features/stationary_v1.h"
#include "core/features/technical/sets.h"

namespace aifx::features {

absl::Span<const FeatureSet* const> AllFeatureSets() {
  static const std::vector<const FeatureSet*>& sets = *new auto([] {
    std::vector<const FeatureSet*> all = {&DefaultFeatureSet()};
    for (const TechnicalSet* set : TechnicalSets()) all.push_back(set);
    return all;
  }());
  return sets;
}

absl::StatusOr<const FeatureSet*> FindFeatureSet(absl::string_view name) {
  for (const FeatureSet* set : AllFeatureSets()) {
    if (set->name() == name) return set;
  }
  const auto append_name = [](std::string* out, const FeatureSet* set) {
    absl::StrAppend(out, set->name());
  };
  return absl::NotFoundError(absl::StrCat("no feature set '", name, "'; there are: ",
                                          absl::StrJoin(AllFeatureSets(), ", ", append_name)));
}

absl::StatusOr<const FeatureSet*> FindFeatureSet(absl::string_view name, Convention convention) {
  const std::string other = absl::StrCat(name, "-talib");
  if (convention == Convention::kTaLib) {
    if (const auto found = FindFeatureSet(other); found.ok()) return found;
  }
  AIFX_ASSIGN_OR_RETURN(const FeatureSet* set, FindFeatureSet(name));
  if (set->convention() == convention || set->convention() == Convention::kEngine) return set;
  return absl::NotFoundError(absl::StrCat("feature set '", name, "' has another convention"));
}

const FeatureSet& DefaultFeatureSet() {
  static const FeatureSet* const kSet = new StationaryV1();  // never destroyed
  return *kSet;
}

}  // namespace aifx::features
