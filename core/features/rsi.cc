#include "core/features/rsi.h"

#include <cassert>
#include <cmath>

#include "core/features/ratio.h"

namespace aifx::features {

void AbsoluteChanges(absl::Span<const double> close, absl::Span<double> out) {
  const double* __restrict price = close.data();
  double* __restrict change = out.data();
  if (!close.empty()) change[0] = 0;
  for (size_t i = 1; i < close.size(); ++i) change[i] = std::abs(price[i] - price[i - 1]);
}

void ScaledRsi(absl::Span<const double> close, const WindowSums& changes, size_t length,
               size_t first, absl::Span<double> out) {
  assert(first >= length);
  changes.Sum(length, first, out);
  const double* __restrict price = close.data();
  double* __restrict index = out.data();
  for (size_t i = first; i < close.size(); ++i) {
    // The clamp takes off what rounding adds where all changes have one sign.
    index[i] = Clamp((price[i] - price[i - length]) * InverseOrZero(index[i]), 1.0);
  }
}

}  // namespace aifx::features
