#ifndef AIFX_CORE_FEATURES_ROLLING_EXTREME_H_
#define AIFX_CORE_FEATURES_ROLLING_EXTREME_H_

#include <cstddef>

#include "absl/types/span.h"

namespace aifx::features {

// out[i] = the largest (smallest) of the `length` values that end at i, for i in
// [first, values.size()). Windows grow by doubling; the last step joins two that overlap, which is
// harmless for an extreme.
// REQUIRES: values.size() <= kBlockCandles, length >= 1, first >= length - 1.
void RollingMax(absl::Span<const double> values, size_t length, size_t first,
                absl::Span<double> out);
void RollingMin(absl::Span<const double> values, size_t length, size_t first,
                absl::Span<double> out);

}  // namespace aifx::features

#endif  // AIFX_CORE_FEATURES_ROLLING_EXTREME_H_
