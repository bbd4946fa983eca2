#ifndef AIFX_CORE_FEATURES_FINITE_H_
#define AIFX_CORE_FEATURES_FINITE_H_

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "core/features/feature_set.h"

namespace aifx::features {

// Whether the sum of the values is finite. Then each of them is, because infinite and NaN never
// leave a sum. A sum may also overflow: false only means that one has to look closer.
bool SumIsFinite(absl::Span<const double> values);

// Internal, naming the set, the column and the index of the candle that the row belongs to, for the
// first value of the matrix that is infinite or not a number. REQUIRES: `set` built the matrix.
absl::Status CheckFinite(const FeatureSet& set, const FeatureMatrix& matrix);

}  // namespace aifx::features

#endif  // AIFX_CORE_FEATURES_FINITE_H_
