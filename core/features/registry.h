#ifndef AIFX_CORE_FEATURES_REGISTRY_H_
#define AIFX_CORE_FEATURES_REGISTRY_H_

#include "absl/types/span.h"
#include "core/features/feature_set.h"

namespace aifx::features {

// Every feature set that FindFeatureSet knows. They live for the whole process. The tests for
// leaks run over all of them, so a new set is under test once it is here.
absl::Span<const FeatureSet* const> AllFeatureSets();

}  // namespace aifx::features

#endif  // AIFX_CORE_FEATURES_REGISTRY_H_
