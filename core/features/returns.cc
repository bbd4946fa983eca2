#include "core/features/returns.h"

#include <cassert>
#include <cmath>

namespace aifx::features {

void SquaredLogReturns(absl::Span<const double> log_close, absl::Span<double> out) {
  const double* __restrict log_price = log_close.data();
  double* __restrict squares = out.data();
  if (!log_close.empty()) squares[0] = 0;
  for (size_t i = 1; i < log_close.size(); ++i) {
    const double log_return = log_price[i] - log_price[i - 1];
    squares[i] = log_return * log_return;
  }
}

void ScaledLogReturn(absl::Span<const double> log_close, size_t bars,
                     absl::Span<const double> inverse_volatility, size_t first,
                     absl::Span<double> out) {
  assert(first >= bars);
  const double* __restrict log_price = log_close.data();
  const double* __restrict inverse = inverse_volatility.data();
  double* __restrict scaled = out.data();
  const double per_bar = 1.0 / std::sqrt(static_cast<double>(bars));
  for (size_t i = first; i < log_close.size(); ++i) {
    scaled[i] = (log_price[i] - log_price[i - bars]) * inverse[i] * per_bar;
  }
}

}  // namespace aifx::features
