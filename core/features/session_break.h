#ifndef AIFX_CORE_FEATURES_SESSION_BREAK_H_
#define AIFX_CORE_FEATURES_SESSION_BREAK_H_

#include <cstddef>

#include "absl/types/span.h"

namespace aifx::features {

// 1 at the first candle after a break (weekend, holiday, missing data), else 0, for i in
// [first, open_seconds.size()). A break is a step between two open times of more than 1.5 times the
// shortest of the last `steps` steps: the margin passes over the hour that daylight saving adds to
// candles of four hours and longer. REQUIRES: first >= steps, open times ascend.
void AfterBreak(absl::Span<const double> open_seconds, size_t steps, size_t first,
                absl::Span<double> out);

}  // namespace aifx::features

#endif  // AIFX_CORE_FEATURES_SESSION_BREAK_H_
