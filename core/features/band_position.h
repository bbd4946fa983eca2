#ifndef AIFX_CORE_FEATURES_BAND_POSITION_H_
#define AIFX_CORE_FEATURES_BAND_POSITION_H_

#include <cstddef>

#include "absl/types/span.h"
#include "core/features/rolling_sum.h"

namespace aifx::features {

// Position of the close in its Bollinger bands: (close - SMA) / (width * sample standard
// deviation), both over `length` closes, for i in [first, close.size()). 0 on the average, 1 on the
// upper band, -1 on the lower; never beyond (length - 1) / sqrt(length) / width. 0 where all closes
// are equal. REQUIRES: `close_sums` was assigned `close`, first >= length - 1.
void BandPosition(absl::Span<const double> close, const WindowSums& close_sums, size_t length,
                  double width, size_t first, absl::Span<double> out);

}  // namespace aifx::features

#endif  // AIFX_CORE_FEATURES_BAND_POSITION_H_
