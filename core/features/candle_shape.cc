#include "core/features/candle_shape.h"

#include <cassert>

namespace aifx::features {
namespace {

// out[i] = (to[i] - from[i - lag]) * inverse_unit[i]
void ScaledDifference(const Series& to, const Series& from, size_t lag,
                      absl::Span<const double> inverse_unit, size_t first, size_t size,
                      absl::Span<double> out) {
  assert(first >= lag);
  const double* __restrict end = to.data();
  const double* __restrict start = from.data();
  const double* __restrict inverse = inverse_unit.data();
  double* __restrict scaled = out.data();
  for (size_t i = first; i < size; ++i) scaled[i] = (end[i] - start[i - lag]) * inverse[i];
}

}  // namespace

void Body(const CandleBlock& block, absl::Span<const double> inverse_unit, size_t first,
          absl::Span<double> out) {
  ScaledDifference(block.close, block.open, 0, inverse_unit, first, block.size, out);
}

void Range(const CandleBlock& block, absl::Span<const double> inverse_unit, size_t first,
           absl::Span<double> out) {
  ScaledDifference(block.high, block.low, 0, inverse_unit, first, block.size, out);
}

void Gap(const CandleBlock& block, absl::Span<const double> inverse_unit, size_t first,
         absl::Span<double> out) {
  ScaledDifference(block.open, block.close, 1, inverse_unit, first, block.size, out);
}

}  // namespace aifx::features
