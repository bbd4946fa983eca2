#include "core/market/trading_calendar.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace aifx::market {
namespace {

// A trading day runs from 17:00 New York of the day before: seven hours ahead of the civil day.
constexpr int kHoursAhead = 7;

bool IsTradingDay(absl::CivilDay day) {
  const absl::Weekday weekday = absl::GetWeekday(day);
  if (weekday == absl::Weekday::saturday || weekday == absl::Weekday::sunday) return false;
  const bool christmas = day.month() == 12 && day.day() == 25;
  const bool new_year = day.month() == 1 && day.day() == 1;
  return !christmas && !new_year;
}

absl::CivilDay FirstDay(absl::CivilDay day, bool trading) {
  while (IsTradingDay(day) != trading) ++day;
  return day;
}

absl::CivilDay TradingDayOf(absl::Time time, absl::TimeZone new_york) {
  return absl::CivilDay(absl::ToCivilSecond(time, new_york) + kHoursAhead * 3600);
}

absl::Time StartOf(absl::CivilDay trading_day, absl::TimeZone new_york) {
  return absl::FromCivil(absl::CivilHour(trading_day) - kHoursAhead, new_york);
}

// Whole durations in `span`, rounded up; span >= 0.
int64_t CeilDiv(absl::Duration span, absl::Duration duration) {
  absl::Duration rest;
  const int64_t whole = absl::IDivDuration(span, duration, &rest);
  return rest > absl::ZeroDuration() ? whole + 1 : whole;
}

// How many of the candles start + i * duration, 0 <= i < count, lie wholly in [from, to).
int64_t CandlesInside(absl::Time start, absl::Duration duration, int64_t count, absl::Time from,
                      absl::Time to) {
  const int64_t first = from <= start ? 0 : CeilDiv(from - start, duration);
  const int64_t end = to <= start ? 0 : (to - start) / duration;
  return std::max<int64_t>(0, std::min(end, count) - first);
}

}  // namespace

TradingCalendar::TradingCalendar() {
  if (!absl::LoadTimeZone("America/New_York", &new_york_)) {
    std::fputs(
        "aifx: the time zone America/New_York cannot be loaded: install the time zone database "
        "(package tzdata)\n",
        stderr);
    std::abort();
  }
}

bool TradingCalendar::IsOpen(absl::Time time) const {
  return IsTradingDay(TradingDayOf(time, new_york_));
}

absl::Time TradingCalendar::NextOpen(absl::Time time) const {
  const absl::CivilDay today = TradingDayOf(time, new_york_);
  if (IsTradingDay(today)) return time;
  return StartOf(FirstDay(today, /*trading=*/true), new_york_);
}

absl::Time TradingCalendar::NextClose(absl::Time time) const {
  const absl::CivilDay today = TradingDayOf(time, new_york_);
  if (!IsTradingDay(today)) return time;
  return StartOf(FirstDay(today, /*trading=*/false), new_york_);
}

absl::Duration TradingCalendar::TradingTime(absl::Time start, absl::Time end) const {
  absl::Duration total;
  for (absl::Time from = NextOpen(start); from < end;) {
    const absl::Time to = NextClose(from);
    total += std::min(to, end) - from;
    from = NextOpen(to);
  }
  return total;
}

int64_t TradingCalendar::ExpectedCandles(Timeframe timeframe, absl::Time start,
                                         absl::Time end) const {
  if (start >= end) return 0;
  const absl::Duration duration = TimeframeDuration(timeframe);
  const int64_t count = CeilDiv(end - start, duration);
  int64_t closed = 0;
  for (absl::Time from = NextClose(start); from < end;) {
    const absl::Time to = NextOpen(from);
    closed += CandlesInside(start, duration, count, from, to);
    from = NextClose(to);
  }
  return count - closed;
}

absl::Time TradingCalendar::HorizonEnd(Timeframe timeframe, absl::Time close_time, int bars) const {
  if (bars <= 0) return close_time;
  const absl::TimeZone utc = absl::UTCTimeZone();
  if (timeframe == Timeframe::k1Month) {
    return absl::FromCivil(absl::ToCivilMonth(close_time, utc) + bars, utc);
  }
  // Candles counted from 17:00 New York move with daylight saving; others stay on the UTC clock.
  const absl::Duration duration = TimeframeDuration(timeframe);
  const absl::Time day_start = StartOf(TradingDayOf(close_time, new_york_), new_york_);
  const absl::Duration period = std::min(duration, absl::Hours(24));
  const bool follows_new_york = (close_time - day_start) % period == absl::ZeroDuration();
  if (timeframe == Timeframe::k1Week) {
    const absl::TimeZone zone = follows_new_york ? new_york_ : utc;
    return absl::FromCivil(absl::ToCivilSecond(close_time, zone) + int64_t{bars} * 7 * 86400, zone);
  }
  absl::Time time = close_time;
  for (int64_t left = bars;;) {
    const absl::Time open = NextOpen(time);
    if (follows_new_york) {
      time = open;
    } else {
      time += (open - time) / duration * duration;  // whole closed candles only
    }
    const int64_t here = std::max<int64_t>(1, CeilDiv(NextClose(open) - time, duration));
    if (left <= here) return time + left * duration;
    time += here * duration;
    left -= here;
  }
}

}  // namespace aifx::market
