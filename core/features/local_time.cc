#include "core/features/local_time.h"

#include <array>
#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"

namespace aifx::features {
namespace {

constexpr size_t kMinutesPerDay = 1440;
constexpr double kTurn = 6.283185307179586476925286766559;  // 2 pi

struct Point {
  double sine;
  double cosine;
};

template <size_t kSteps>
std::array<Point, kSteps> MakeCircle() {
  std::array<Point, kSteps> circle;
  for (size_t i = 0; i < kSteps; ++i) {
    const double angle = kTurn * static_cast<double>(i) / kSteps;
    circle[i] = {std::sin(angle), std::cos(angle)};
  }
  return circle;
}

// Sines and cosines cost more than all other features of a candle: a table of every minute.
const std::array<Point, kMinutesPerDay>& DayCircle() {
  static const std::array<Point, kMinutesPerDay> kCircle = MakeCircle<kMinutesPerDay>();
  return kCircle;
}

int64_t FloorDivide(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

}  // namespace

absl::StatusOr<absl::TimeZone> LoadZone(absl::string_view name) {
  absl::TimeZone zone;
  if (absl::LoadTimeZone(name, &zone)) return zone;
  return absl::FailedPreconditionError(
      absl::StrCat("the system's time zone database (tzdata) has no zone ", name));
}

void UtcOffset::LookUp(int64_t unix_seconds) {
  const absl::Time time = absl::FromUnixSeconds(unix_seconds);
  offset_ = zone_.At(time).offset;
  begin_ = unix_seconds;
  absl::TimeZone::CivilTransition next;
  // `from` is the transition on the clock that still shows the present offset. Asking the zone what
  // instant that civil time is would give an hour too late in autumn.
  end_ = zone_.NextTransition(time, &next)
             ? absl::ToUnixSeconds(absl::FromCivil(next.from, absl::UTCTimeZone())) - offset_
             : std::numeric_limits<int64_t>::max();
}

void LocalClock::StartDay(int64_t local) {
  const int64_t days = FloorDivide(local, kSecondsPerDay);
  midnight_ = days * kSecondsPerDay;
  const int64_t monday_based = days + 3;  // 1970-01-01 was a Thursday
  weekday_ = static_cast<size_t>(monday_based - FloorDivide(monday_based, 7) * 7);
}

void TimeOfDay(absl::Span<const double> open_seconds, LocalClock& clock, size_t first,
               const TimeOfDayColumns& out) {
  const std::array<Point, kMinutesPerDay>& circle = DayCircle();
  for (size_t i = first; i < open_seconds.size(); ++i) {
    clock.Set(static_cast<int64_t>(open_seconds[i]));
    const Point& point = circle[clock.minute_of_day()];
    out.sine[i] = point.sine;
    out.cosine[i] = point.cosine;
  }
}

void TimeOfWeek(absl::Span<const double> open_seconds, LocalClock& clock, size_t first,
                const TimeOfWeekColumns& out) {
  static const std::array<Point, 7> kWeekCircle = MakeCircle<7>();
  const std::array<Point, kMinutesPerDay>& circle = DayCircle();
  for (size_t i = first; i < open_seconds.size(); ++i) {
    clock.Set(static_cast<int64_t>(open_seconds[i]));
    const Point& point = circle[clock.minute_of_day()];
    out.day.sine[i] = point.sine;
    out.day.cosine[i] = point.cosine;
    const Point& weekday = kWeekCircle[clock.weekday()];
    out.weekday_sine[i] = weekday.sine;
    out.weekday_cosine[i] = weekday.cosine;
  }
}

}  // namespace aifx::features
