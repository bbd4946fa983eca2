#include "core/features/true_range.h"

namespace aifx::features {

void TrueRange(const CandleBlock& block, absl::Span<double> out) {
  const double* __restrict high = block.high.data();
  const double* __restrict low = block.low.data();
  const double* __restrict close = block.close.data();
  double* __restrict range = out.data();
  if (block.size > 0) range[0] = 0;
  // The same value, in three operations: the span from the lowest to the highest of high, low and
  // the previous close.
  for (size_t i = 1; i < block.size; ++i) {
    const double previous = close[i - 1];
    const double top = high[i] < previous ? previous : high[i];
    const double bottom = previous < low[i] ? previous : low[i];
    range[i] = top - bottom;
  }
}

}  // namespace aifx::features
