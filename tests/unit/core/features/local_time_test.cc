#include "core/features/local_time.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/unit/core/features/candle_series.h"

namespace aifx::features {
namespace {

TEST(UtcOffsetTest, AgreesWithTheZoneAtEveryHalfHourAndInAnyOrder) {
  for (const char* name : {"Europe/London", "America/New_York", "Asia/Tokyo", "UTC"}) {
    absl::TimeZone zone;
    ASSERT_TRUE(absl::LoadTimeZone(name, &zone)) << name;
    UtcOffset offset(zone);
    const int64_t start = absl::ToUnixSeconds(Utc("1995-01-01T00:00:00Z"));
    const int64_t end = absl::ToUnixSeconds(Utc("2045-01-01T00:00:00Z"));
    for (int64_t time = start; time < end; time += 1800) {
      ASSERT_EQ(offset.At(time), zone.At(absl::FromUnixSeconds(time)).offset) << name << time;
    }
    std::mt19937_64 bits(3);
    for (int i = 0; i < 2000; ++i) {
      const int64_t time = start + static_cast<int64_t>(bits() % (end - start));
      ASSERT_EQ(offset.At(time), zone.At(absl::FromUnixSeconds(time)).offset) << name << time;
    }
  }
}

TEST(UtcOffsetTest, ChangesAtTheVerySecond) {
  absl::TimeZone zone;
  ASSERT_TRUE(absl::LoadTimeZone("Europe/London", &zone));
  for (const char* transition : {"2015-03-29T01:00:00Z", "2015-10-25T01:00:00Z"}) {
    const int64_t time = absl::ToUnixSeconds(Utc(transition));
    UtcOffset offset(zone);
    const int64_t before = offset.At(time - 1);
    const int64_t after = offset.At(time);
    EXPECT_EQ(std::abs(after - before), 3600) << transition;
    EXPECT_EQ(offset.At(time - 1), before) << transition;
  }
}

TEST(LocalClockTest, AgreesWithTheZoneInAnyOrder) {
  absl::TimeZone zone;
  ASSERT_TRUE(absl::LoadTimeZone("America/New_York", &zone));
  LocalClock clock(zone);
  std::mt19937_64 bits(5);
  int64_t time = -200 * 86400;
  for (int i = 0; i < 20000; ++i) {
    time = i % 50 == 0 ? static_cast<int64_t>(bits() % 2'000'000'000) - 400'000'000 : time + 1801;
    clock.Set(time);
    const absl::CivilSecond civil = zone.At(absl::FromUnixSeconds(time)).cs;
    ASSERT_EQ(clock.minute_of_day(), static_cast<size_t>(civil.hour() * 60 + civil.minute()));
    ASSERT_EQ(clock.weekday(), static_cast<size_t>(absl::GetWeekday(civil))) << time;
  }
}

TEST(TimeOfDayTest, TimesBeforeTheEpoch) {
  LocalClock utc(absl::UTCTimeZone());
  const std::vector<double> times = {-6 * 3600.0, -86400.0 * 4 - 1};
  std::vector<double> sine(2), cosine(2), weekday_sine(2), weekday_cosine(2);
  TimeOfWeek(times, utc, 0,
             {{absl::MakeSpan(sine), absl::MakeSpan(cosine)},
              absl::MakeSpan(weekday_sine),
              absl::MakeSpan(weekday_cosine)});
  EXPECT_NEAR(sine[0], -1.0, 1e-12);  // 18:00
  EXPECT_NEAR(cosine[0], 0.0, 1e-12);
  EXPECT_NEAR(weekday_sine[0], 0.9749279122, 1e-9);   // Wednesday 1969-12-31
  EXPECT_NEAR(weekday_sine[1], -0.9749279122, 1e-9);  // the last second of Saturday 1969-12-27
}

}  // namespace
}  // namespace aifx::features
