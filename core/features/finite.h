#ifndef AIFX_CORE_FEATURES_FINITE_H_
#define AIFX_CORE_FEATURES_FINITE_H_

#include "absl/status/status.h"
#include "core/features/feature_set.h"

namespace aifx::features {

// Internal, naming the set, the column and the index of the candle that the row belongs to, for the
// first value of the matrix that is infinite or not a number. REQUIRES: `set` built the matrix.
absl::Status CheckFinite(const FeatureSet& set, const FeatureMatrix& matrix);

}  // namespace aifx::features

#endif  // AIFX_CORE_FEATURES_FINITE_H_
