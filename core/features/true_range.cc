#include "core/features/true_range.h"

#include "core/market/true_range.h"

namespace aifx::features {

void TrueRange(const CandleBlock& block, absl::Span<double> out) {
  const double* __restrict high = block.high.data();
  const double* __restrict low = block.low.data();
  const double* __restrict close = block.close.data();
  double* __restrict range = out.data();
  if (block.size > 0) range[0] = 0;
  for (size_t i = 1; i < block.size; ++i) {
    range[i] = market::TrueRange(high[i], low[i], close[i - 1]);
  }
}

}  // namespace aifx::features
