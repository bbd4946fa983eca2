#ifndef AIFX_CORE_FEATURES_RETURNS_H_
#define AIFX_CORE_FEATURES_RETURNS_H_

#include <cstddef>

#include "absl/types/span.h"

namespace aifx::features {

// Squares of the one-bar log returns, log(close / previous close)^2. out[0] is 0 and belongs to no
// complete window.
void SquaredLogReturns(absl::Span<const double> log_close, absl::Span<double> out);

// Log return over `bars`, in units of the volatility expected over as many bars (the one-bar
// volatility times sqrt(bars)): out[i] = log(close[i] / close[i - bars]) * inverse_volatility[i] /
// sqrt(bars), for i in [first, log_close.size()). REQUIRES: first >= bars.
void ScaledLogReturn(absl::Span<const double> log_close, size_t bars,
                     absl::Span<const double> inverse_volatility, size_t first,
                     absl::Span<double> out);

}  // namespace aifx::features

#endif  // AIFX_CORE_FEATURES_RETURNS_H_
