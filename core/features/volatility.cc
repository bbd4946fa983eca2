#include "core/features/volatility.h"

#include <cassert>
#include <cmath>

namespace aifx::features {

void RealizedVolatility(const WindowSums& squared_returns, size_t length, size_t first,
                        absl::Span<double> out) {
  assert(first >= length);
  squared_returns.Sum(length, first, out);
  const double scale = 1.0 / static_cast<double>(length);
  for (size_t i = first; i < squared_returns.size(); ++i) out[i] = std::sqrt(out[i] * scale);
}

}  // namespace aifx::features
