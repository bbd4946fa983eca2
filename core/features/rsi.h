#ifndef AIFX_CORE_FEATURES_RSI_H_
#define AIFX_CORE_FEATURES_RSI_H_

#include <cstddef>

#include "absl/types/span.h"
#include "core/features/rolling_sum.h"

namespace aifx::features {

// |close - previous close|. out[0] is 0 and belongs to no complete window.
void AbsoluteChanges(absl::Span<const double> close, absl::Span<double> out);

// Relative strength index with simple means over `length` changes, moved from 0..100 to -1..1
// (rsi / 50 - 1), for i in [first, close.size()). 0 where the price stood still.
//
// With gains G and losses L of the window, rsi / 50 - 1 = (G - L) / (G + L); G - L is the change
// over the whole window and G + L the length of its path, so one window sum is enough.
// REQUIRES: `changes` was assigned AbsoluteChanges of `close`, first >= length.
void ScaledRsi(absl::Span<const double> close, const WindowSums& changes, size_t length,
               size_t first, absl::Span<double> out);

}  // namespace aifx::features

#endif  // AIFX_CORE_FEATURES_RSI_H_
