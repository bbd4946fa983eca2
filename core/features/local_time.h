#ifndef AIFX_CORE_FEATURES_LOCAL_TIME_H_
#define AIFX_CORE_FEATURES_LOCAL_TIME_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"

namespace aifx::features {

// The time zone of that name, such as "Europe/London". FailedPrecondition where the system's time
// zone database lacks it.
absl::StatusOr<absl::TimeZone> LoadZone(absl::string_view name);

// Seconds to add to UTC for a zone's local time. Looks the offset up once and keeps it until the
// next transition, because a look-up costs as much as all other features of a candle. Cheap to
// make; fast for ascending times, right for any. Not thread-safe.
class UtcOffset {
 public:
  explicit UtcOffset(absl::TimeZone zone) : zone_(zone) {}

  int64_t At(int64_t unix_seconds) {
    if (unix_seconds < begin_ || unix_seconds >= end_) LookUp(unix_seconds);
    return offset_;
  }

 private:
  void LookUp(int64_t unix_seconds);

  absl::TimeZone zone_;
  int64_t begin_ = 0;  // the offset holds in [begin_, end_)
  int64_t end_ = 0;
  int64_t offset_ = 0;
};

// A zone's wall clock. Keeps the day it is in, so that most candles need no division. As UtcOffset:
// fast for ascending times, right for any; not thread-safe.
class LocalClock {
 public:
  explicit LocalClock(absl::TimeZone zone) : offset_(zone) {}

  // Moves to a time; the answers below are for it.
  void Set(int64_t unix_seconds) {
    const int64_t local = unix_seconds + offset_.At(unix_seconds);
    if (local < midnight_ || local >= midnight_ + kSecondsPerDay) StartDay(local);
    second_of_day_ = local - midnight_;
  }

  size_t minute_of_day() const { return static_cast<size_t>(second_of_day_) / 60; }
  size_t weekday() const { return weekday_; }  // 0 = Monday .. 6 = Sunday

 private:
  static constexpr int64_t kSecondsPerDay = 86400;
  void StartDay(int64_t local);

  UtcOffset offset_;
  int64_t midnight_ = 0;  // start of the day, in seconds of the local clock
  int64_t second_of_day_ = 0;
  size_t weekday_ = 3;  // 1970-01-01 was a Thursday
};

// Time of day of the candles' open times on a clock, as a point on the circle: sine and cosine of
// 2 pi m / 1440, m = whole minutes since local midnight. For i in [first, open_seconds.size()).
struct TimeOfDayColumns {
  absl::Span<double> sine;
  absl::Span<double> cosine;
};
void TimeOfDay(absl::Span<const double> open_seconds, LocalClock& clock, size_t first,
               const TimeOfDayColumns& out);

// The same, and the day of the week on that clock: sine and cosine of 2 pi d / 7, Monday = 0.
struct TimeOfWeekColumns {
  TimeOfDayColumns day;
  absl::Span<double> weekday_sine;
  absl::Span<double> weekday_cosine;
};
void TimeOfWeek(absl::Span<const double> open_seconds, LocalClock& clock, size_t first,
                const TimeOfWeekColumns& out);

}  // namespace aifx::features

#endif  // AIFX_CORE_FEATURES_LOCAL_TIME_H_
