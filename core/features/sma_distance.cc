#include "core/features/sma_distance.h"

#include "core/features/ratio.h"

namespace aifx::features {

void SmaDistance(absl::Span<const double> close, const WindowSums& close_sums, size_t length,
                 absl::Span<const double> inverse_unit, double limit, size_t first,
                 absl::Span<double> out) {
  close_sums.Mean(length, first, out);
  const double* __restrict price = close.data();
  const double* __restrict inverse = inverse_unit.data();
  double* __restrict distance = out.data();
  for (size_t i = first; i < close.size(); ++i) {
    distance[i] = Clamp((price[i] - distance[i]) * inverse[i], limit);
  }
}

}  // namespace aifx::features
