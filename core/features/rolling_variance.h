#ifndef AIFX_CORE_FEATURES_ROLLING_VARIANCE_H_
#define AIFX_CORE_FEATURES_ROLLING_VARIANCE_H_

#include <cstddef>

#include "absl/types/span.h"
#include "core/features/rolling_sum.h"

namespace aifx::features {

// out[i] = sample variance (divisor length - 1) of the `length` values that end at i, for i in
// [first, sums.size()).
//
// Sums of squared deviations are formed by the same doubling as WindowSums, joined by the formula
// of Chan, Golub and LeVeque ("Updating formulae and a pairwise algorithm for computing sample
// variances", 1979): nothing large is subtracted from something large, as in mean(x^2) - mean(x)^2,
// and a row depends on its own window only. Exactly 0 for equal values where `length` is the sum
// of at most two powers of two (20 is).
// REQUIRES: 2 <= length <= the longest that `sums` was given, first >= length - 1.
void RollingVariance(const WindowSums& sums, size_t length, size_t first, absl::Span<double> out);

}  // namespace aifx::features

#endif  // AIFX_CORE_FEATURES_ROLLING_VARIANCE_H_
