#include "core/features/band_position.h"

#include <cmath>

#include "core/features/block.h"
#include "core/features/ratio.h"
#include "core/features/rolling_variance.h"

namespace aifx::features {

void BandPosition(absl::Span<const double> close, const WindowSums& close_sums, size_t length,
                  double width, size_t first, absl::Span<double> out) {
  Series variance;
  RollingVariance(close_sums, length, first, absl::MakeSpan(variance));
  close_sums.Mean(length, first, out);
  const double* __restrict price = close.data();
  double* __restrict position = out.data();
  for (size_t i = first; i < close.size(); ++i) {
    position[i] = (price[i] - position[i]) * InverseOrZero(width * std::sqrt(variance[i]));
  }
}

}  // namespace aifx::features
