#ifndef AIFX_CLIENT_BACKEND_RANGE_PLAN_H_
#define AIFX_CLIENT_BACKEND_RANGE_PLAN_H_

#include <cstdint>
#include <vector>

#include "absl/time/time.h"
#include "core/market/timeframe.h"
#include "core/market/trading_calendar.h"

namespace aifx::backend {

// The finest step of the backend's timestamps.
inline constexpr absl::Duration kTick = absl::Milliseconds(1);

// A piece of a series by open time, closed-open: pieces that touch share no candle and leave none
// out, whatever is added to the series meanwhile.
struct TimeWindow {
  absl::Time start;
  absl::Time end;
  int64_t expected = 0;  // candles, as far as is known
};

// Candles that were read: the best evidence for how close the following ones lie.
struct ReadSpan {
  absl::Time first, last;  // open times; finite
  int64_t count = 0;       // > 0
};

// Splits `rest` (whose `expected` candles are still to be read, after `read`) into windows of about
// one page of at most `limit` candles each. Candles are taken to lie as close as in `read`, counted
// in trading time: weekends hold none. Where that is wrong a window holds more than a page, which
// its reader notices, or less. The windows touch, cover `rest` and are in order; at most 1,000.
// REQUIRES: rest.start is finite and before rest.end, limit > 0
std::vector<TimeWindow> PlanWindows(const market::TradingCalendar& calendar,
                                    market::Timeframe timeframe, const ReadSpan& read,
                                    const TimeWindow& rest, int64_t limit);

}  // namespace aifx::backend

#endif  // AIFX_CLIENT_BACKEND_RANGE_PLAN_H_
