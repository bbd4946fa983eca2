#include "core/features/stochastic.h"

#include "core/features/ratio.h"
#include "core/features/rolling_extreme.h"

namespace aifx::features {

void StochasticPosition(const CandleBlock& block, size_t length, size_t first,
                        absl::Span<double> out) {
  Series highest;
  Series lowest;
  RollingMax(absl::MakeConstSpan(block.high.data(), block.size), length, first,
             absl::MakeSpan(highest));
  RollingMin(absl::MakeConstSpan(block.low.data(), block.size), length, first,
             absl::MakeSpan(lowest));
  const double* __restrict close = block.close.data();
  double* __restrict position = out.data();
  for (size_t i = first; i < block.size; ++i) {
    const double above_low = close[i] - lowest[i];
    const double below_high = highest[i] - close[i];
    position[i] = (above_low - below_high) * InverseOrZero(highest[i] - lowest[i]);
  }
}

}  // namespace aifx::features
