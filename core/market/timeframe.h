#ifndef AIFX_CORE_MARKET_TIMEFRAME_H_
#define AIFX_CORE_MARKET_TIMEFRAME_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace aifx::market {

// The candle lengths of the backend's contract.
enum class Timeframe { k1Min, k5Min, k15Min, k30Min, k1Hour, k4Hours, k1Day, k1Week, k1Month };

// "1min", "5min", "15min", "30min", "1h", "4h", "1d", "1w", "1M" (case matters: 1M is a month).
absl::string_view TimeframeName(Timeframe timeframe);

// InvalidArgument naming the value and the accepted names where it is none of them.
absl::StatusOr<Timeframe> ParseTimeframe(absl::string_view name);

// The candle's length. A month counts as the longest one, 31 days: use CloseTime for a certain one.
absl::Duration TimeframeDuration(Timeframe timeframe);

// When a candle that opened at `open_time` is complete (exact for months too, which end when the
// next UTC month begins).
absl::Time CloseTime(Timeframe timeframe, absl::Time open_time);

// True where open times must be whole UTC multiples of the duration (up to 1h); brokers anchor
// longer candles differently.
bool IsUtcAnchored(Timeframe timeframe);

}  // namespace aifx::market

#endif  // AIFX_CORE_MARKET_TIMEFRAME_H_
