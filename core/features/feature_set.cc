#include "core/features/feature_set.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/features/registry.h"
#include "core/features/stationary_v1.h"

namespace aifx::features {

absl::Span<const FeatureSet* const> AllFeatureSets() {
  static const FeatureSet* const kSets[] = {&DefaultFeatureSet()};
  return kSets;
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

const FeatureSet& DefaultFeatureSet() {
  static const FeatureSet* const kSet = new StationaryV1();  // never destroyed
  return *kSet;
}

}  // namespace aifx::features
