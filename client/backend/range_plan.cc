#include "client/backend/range_plan.h"

#include <algorithm>

namespace aifx::backend {
namespace {

using market::Timeframe;
using market::TradingCalendar;

constexpr int64_t kMostWindows = 1000;
// Of a page, at most: a window that holds a little more than was thought still is one page.
constexpr double kFilling = 0.97;
// A week's hours over its trading hours.
constexpr double kWeek = 168.0 / 120.0;

// Times that the calendar can count with.
absl::Time Earliest() { return absl::FromCivil(absl::CivilYear(1900), absl::UTCTimeZone()); }
absl::Time Latest() { return absl::FromCivil(absl::CivilYear(2200), absl::UTCTimeZone()); }

// Measures time the way in which candles come: trading time where that is known, else all of it.
class Ruler {
 public:
  Ruler(const TradingCalendar& calendar, Timeframe timeframe, const ReadSpan& read)
      : calendar_(calendar) {
    const absl::Time read_end = read.last + market::TimeframeDuration(timeframe);
    trading_ = timeframe != Timeframe::k1Week && timeframe != Timeframe::k1Month &&
               read.first >= Earliest() && read_end <= Latest() &&
               calendar.TradingTime(read.first, read_end) > absl::ZeroDuration();
    read_ = Between(read.first, read_end) / read.count;
  }

  // The mean of what one candle that was read took.
  absl::Duration of_one() const { return read_; }

  // About where `span` after `start` ends.
  absl::Time After(absl::Time start, absl::Duration span) const {
    if (!trading_) return start + span;
    absl::Time end = std::min(start + span * kWeek, Latest());
    for (int i = 0; i < 2 && end > start; ++i) {
      end = std::min(end + (span - Between(start, end)) * kWeek, Latest());
    }
    return end;
  }

 private:
  absl::Duration Between(absl::Time start, absl::Time end) const {
    return trading_ ? calendar_.TradingTime(start, end) : end - start;
  }

  const TradingCalendar& calendar_;
  bool trading_ = false;
  absl::Duration read_;
};

int64_t WindowCount(int64_t expected, int64_t limit) {
  if (expected <= limit) return 1;
  const double page = kFilling * static_cast<double>(limit);
  const auto count = static_cast<int64_t>(static_cast<double>(expected) / page) + 1;
  return std::min(count, kMostWindows);
}

absl::Time FloorToTick(absl::Time time) { return absl::FromUnixMillis(absl::ToUnixMillis(time)); }

}  // namespace

std::vector<TimeWindow> PlanWindows(const TradingCalendar& calendar, Timeframe timeframe,
                                    const ReadSpan& read, const TimeWindow& rest, int64_t limit) {
  const int64_t count = WindowCount(rest.expected, limit);
  std::vector<TimeWindow> windows;
  TimeWindow last = rest;
  if (count > 1) {
    const Ruler ruler(calendar, timeframe, read);
    const int64_t page = rest.expected / count;
    const absl::Duration span = ruler.of_one() * page;
    while (static_cast<int64_t>(windows.size()) < count - 1) {
      const absl::Time end = FloorToTick(ruler.After(last.start, span));
      if (end <= last.start || end >= rest.end) break;
      windows.push_back({last.start, end, page});
      last.start = end;
      last.expected -= page;
    }
  }
  windows.push_back(last);
  return windows;
}

}  // namespace aifx::backend
