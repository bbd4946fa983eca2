#include "core/market/gaps.h"

#include <cmath>

namespace aifx::market {

const TradingCalendar& SharedCalendar() {
  static const TradingCalendar* const calendar = new TradingCalendar;
  return *calendar;
}

int64_t MissingBetween(absl::Time before, absl::Time after, Timeframe timeframe) {
  const absl::Duration duration = TimeframeDuration(timeframe);
  const absl::Duration distance = after - before;
  if (timeframe == Timeframe::k1Week || timeframe == Timeframe::k1Month) {
    // Labels wander by days.
    const absl::Duration mean =
        timeframe == Timeframe::k1Week ? duration : absl::Hours(30.436875 * 24);
    return std::llround(absl::FDivDuration(distance, mean)) - 1;
  }
  if (distance <= duration) return 0;
  return SharedCalendar().TradingTime(before + duration, after) / duration;
}

}  // namespace aifx::market
