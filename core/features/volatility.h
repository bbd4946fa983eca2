#ifndef AIFX_CORE_FEATURES_VOLATILITY_H_
#define AIFX_CORE_FEATURES_VOLATILITY_H_

#include <cstddef>

#include "absl/types/span.h"
#include "core/features/rolling_sum.h"

namespace aifx::features {

// Realized volatility of one bar: the root of the mean of `length` squared log returns, without
// subtracting their mean (which over so few bars is noise). 0 exactly where the price stood still.
// For i in [first, squared_returns.size()). REQUIRES: first >= length (a return needs two closes).
void RealizedVolatility(const WindowSums& squared_returns, size_t length, size_t first,
                        absl::Span<double> out);

}  // namespace aifx::features

#endif  // AIFX_CORE_FEATURES_VOLATILITY_H_
