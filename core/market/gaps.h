#ifndef AIFX_CORE_MARKET_GAPS_H_
#define AIFX_CORE_MARKET_GAPS_H_

#include <cstdint>

#include "absl/time/time.h"
#include "core/market/timeframe.h"
#include "core/market/trading_calendar.h"

namespace aifx::market {

// One calendar for the whole process: it is immutable.
const TradingCalendar& SharedCalendar();

// How many candles are missing between two neighbours of a series, by their open times. Less than a
// whole candle's worth of open market is no gap: the anchor of longer candles may leave a shorter
// one out (a short Sunday). Weeks and months are counted in periods of mean length. At most 0 where
// `after` directly follows `before`, or does not come later.
int64_t MissingBetween(absl::Time before, absl::Time after, Timeframe timeframe);

}  // namespace aifx::market

#endif  // AIFX_CORE_MARKET_GAPS_H_
