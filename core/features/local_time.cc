#include "core/features/local_time.h"

#include <array>
#include <cmath>
#include <limits>

namespace aifx::features {
namespace {

constexpr int64_t kSecondsPerDay = 86400;
constexpr int64_t kMinutesPerDay = 1440;
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

int64_t FloorDivide(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

}  // namespace

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

void TimeOfDay(absl::Span<const double> open_seconds, UtcOffset& offset, size_t first,
               absl::Span<double> sine, absl::Span<double> cosine) {
  static const std::array<Point, kMinutesPerDay> kCircle = MakeCircle<kMinutesPerDay>();
  for (size_t i = first; i < open_seconds.size(); ++i) {
    const int64_t utc = static_cast<int64_t>(open_seconds[i]);
    const int64_t local = utc + offset.At(utc);
    const int64_t second_of_day = local - FloorDivide(local, kSecondsPerDay) * kSecondsPerDay;
    const Point& point = kCircle[static_cast<size_t>(second_of_day / 60)];
    sine[i] = point.sine;
    cosine[i] = point.cosine;
  }
}

void DayOfWeek(absl::Span<const double> open_seconds, UtcOffset& offset, size_t first,
               absl::Span<double> sine, absl::Span<double> cosine) {
  static const std::array<Point, 7> kCircle = MakeCircle<7>();
  for (size_t i = first; i < open_seconds.size(); ++i) {
    const int64_t utc = static_cast<int64_t>(open_seconds[i]);
    const int64_t days = FloorDivide(utc + offset.At(utc), kSecondsPerDay);
    const int64_t monday_based = days + 3;  // 1970-01-01 was a Thursday
    const int64_t weekday = monday_based - FloorDivide(monday_based, 7) * 7;
    const Point& point = kCircle[static_cast<size_t>(weekday)];
    sine[i] = point.sine;
    cosine[i] = point.cosine;
  }
}

}  // namespace aifx::features
