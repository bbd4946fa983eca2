#ifndef AIFX_CORE_FEATURES_SMA_DISTANCE_H_
#define AIFX_CORE_FEATURES_SMA_DISTANCE_H_

#include <cstddef>

#include "absl/types/span.h"
#include "core/features/rolling_sum.h"

namespace aifx::features {

// Distance of the close from its simple moving average, in units given by their inverse (such as
// 1 / average true range), limited to [-limit, limit]: for i in [first, close.size()),
// (close[i] - mean of the `length` closes that end at i) * inverse_unit[i].
// REQUIRES: `close_sums` was assigned `close`, first >= length - 1.
void SmaDistance(absl::Span<const double> close, const WindowSums& close_sums, size_t length,
                 absl::Span<const double> inverse_unit, double limit, size_t first,
                 absl::Span<double> out);

}  // namespace aifx::features

#endif  // AIFX_CORE_FEATURES_SMA_DISTANCE_H_
