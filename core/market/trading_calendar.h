#ifndef AIFX_CORE_MARKET_TRADING_CALENDAR_H_
#define AIFX_CORE_MARKET_TRADING_CALENDAR_H_

#include <cstdint>

#include "absl/time/time.h"
#include "core/market/timeframe.h"

namespace aifx::market {

// The FX week: open from Sunday 17:00 to Friday 17:00 New York time (daylight saving included),
// closed on Christmas Day and New Year's Day from the preceding 17:00 New York to that day's 17:00.
// Thread-safe and immutable. Times must be finite (years 1 to 9999).
class TradingCalendar {
 public:
  // Ends the process with a message where the system's time zone database (package tzdata) is
  // missing: without it no answer about time would be right.
  TradingCalendar();

  // Whether quotes are made at `time`.
  bool IsOpen(absl::Time time) const;
  // `time` itself where the market is open then, else the next opening.
  absl::Time NextOpen(absl::Time time) const;
  // `time` itself where the market is closed then, else the next closing.
  absl::Time NextClose(absl::Time time) const;
  // How long the market is open in [start, end); zero where end <= start.
  absl::Duration TradingTime(absl::Time start, absl::Time end) const;
  // How many candles of `timeframe` that hold trading time are expected to open in [start, end),
  // stepping by the duration from `start`. For timeframes up to 1d.
  int64_t ExpectedCandles(Timeframe timeframe, absl::Time start, absl::Time end) const;
  // When the `bars`-th candle after one that closed at `close_time` is complete, with closed hours
  // skipped: a horizon that reaches into the weekend ends after Sunday's opening. Candles anchored
  // to 17:00 New York stay so across daylight saving; others keep their UTC clock. Months are UTC
  // months. REQUIRES: bars >= 0
  absl::Time HorizonEnd(Timeframe timeframe, absl::Time close_time, int bars) const;

  // The market's clock.
  absl::TimeZone new_york() const { return new_york_; }

 private:
  absl::TimeZone new_york_;
};

}  // namespace aifx::market

#endif  // AIFX_CORE_MARKET_TRADING_CALENDAR_H_
