#include "core/macro/event_features.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "core/macro/event_columns.h"
#include "core/macro/release_time.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/macro/golden_files.h"

namespace aifx::macro {
namespace {

using ::aifx::testing::StatusIs;
using market::CurrencyPair;
using ::testing::HasSubstr;

constexpr absl::Duration kSecond = absl::Seconds(1);
constexpr absl::Duration kMinute = absl::Minutes(1);
constexpr absl::Duration kDay = absl::Hours(24);
const absl::Time kNoon = absl::FromUnixSeconds(1433160000);  // 2015-06-01T12:00:00Z

EconomicEvent Event(absl::Time time, Impact impact, const char* currency = "USD",
                    const char* name = "CPI") {
  EconomicEvent event;
  event.time = time;
  event.currency = currency;
  event.name = name;
  event.impact = impact;
  return event;
}

EconomicEvent Surprise(absl::Time time, double actual, double forecast = 0) {
  EconomicEvent event = Event(time, Impact::kLow);
  event.actual = actual;
  event.forecast = forecast;
  return event;
}

double At(const std::vector<EconomicEvent>& events, absl::Time t, EventColumn column) {
  const auto features = EventFeatures::Create(*CurrencyPair::Parse("EUR/USD"), events);
  EXPECT_OK(features);
  return features->At({t}).Row(0)[column];
}

bool SameBits(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

TEST(EventFeaturesTest, AheadMeansAfterTheMomentUpToAndWithTheEnd) {
  const std::vector<EconomicEvent> events = {Event(kNoon, Impact::kHigh)};
  struct Case {
    EventColumn column;
    absl::Duration reach;
  };
  for (const Case& c : {Case{kEventWithin24h, kDay}, Case{kEventWithin48h, 2 * kDay},
                        Case{kHighEventsNext7d, 7 * kDay}}) {
    SCOPED_TRACE(EventColumns().columns()[c.column].name);
    EXPECT_EQ(At(events, kNoon - c.reach - kSecond, c.column), 0);
    EXPECT_EQ(At(events, kNoon - c.reach, c.column), 1);
    EXPECT_EQ(At(events, kNoon - kSecond, c.column), 1);
    EXPECT_EQ(At(events, kNoon, c.column), 0) << "it is no longer ahead";
  }
}

TEST(EventFeaturesTest, ScoresTheNextSevenDays) {
  const std::vector<EconomicEvent> events = {
      Event(kNoon, Impact::kHigh), Event(kNoon + kDay, Impact::kMedium, "EUR"),
      Event(kNoon + 2 * kDay, Impact::kLow), Event(kNoon + 3 * kDay, Impact::kHoliday),
      Event(kNoon + kDay, Impact::kHigh, "GBP")};
  EXPECT_EQ(At(events, kNoon - kSecond, kCumulativeEventScore), 6);
  EXPECT_EQ(At(events, kNoon, kCumulativeEventScore), 3);
  EXPECT_EQ(At(events, kNoon - 6 * kDay, kCumulativeEventScore), 5);
}

TEST(EventFeaturesTest, DensityCountsThreeDaysBackAndFourAhead) {
  const std::vector<EconomicEvent> events = {Event(kNoon, Impact::kHoliday)};
  EXPECT_EQ(At(events, kNoon + 3 * kDay, kEventDensity7d), 0);
  EXPECT_EQ(At(events, kNoon + 3 * kDay - kSecond, kEventDensity7d), 1);
  EXPECT_EQ(At(events, kNoon - 4 * kDay, kEventDensity7d), 1);
  EXPECT_EQ(At(events, kNoon - 4 * kDay - kSecond, kEventDensity7d), 0);
}

TEST(EventFeaturesTest, DaysToTheNextHighEventAreCapped) {
  const std::vector<EconomicEvent> events = {Event(kNoon, Impact::kHigh),
                                             Event(kNoon - kDay, Impact::kMedium)};
  EXPECT_EQ(At(events, kNoon - absl::Hours(36), kDaysToNextHighEvent), 1.5);
  EXPECT_EQ(At(events, kNoon - 30 * kDay, kDaysToNextHighEvent), 30);
  EXPECT_EQ(At(events, kNoon - 30 * kDay, kNoHighEvent30d), 0);
  EXPECT_EQ(At(events, kNoon - 30 * kDay - kSecond, kDaysToNextHighEvent), 30);
  EXPECT_EQ(At(events, kNoon - 30 * kDay - kSecond, kNoHighEvent30d), 1);
  EXPECT_EQ(At(events, kNoon, kNoHighEvent30d), 1);
}

TEST(EventFeaturesTest, HoursCountEventsWithAKnownHourOnly) {
  std::vector<EconomicEvent> events = {Event(kNoon - kDay, Impact::kHigh),
                                       Event(kNoon, Impact::kHigh, "EUR")};
  EXPECT_EQ(At(events, kNoon + absl::Minutes(90), kHoursSinceLastHigh), 1.5);
  EXPECT_EQ(At(events, kNoon, kHoursSinceLastHigh), 0);
  events[1].time_known = false;
  EXPECT_EQ(At(events, kNoon + absl::Minutes(90), kHoursSinceLastHigh), 25.5);
  EXPECT_TRUE(std::isnan(At(events, kNoon - kDay - kSecond, kHoursSinceLastHigh)));
  EXPECT_EQ(At(events, kNoon - kDay - kSecond, kHoursSinceLastHighKnown), 0);
}

TEST(EventFeaturesTest, ASurpriseIsMeasuredByEarlierOnes) {
  const std::vector<EconomicEvent> events = {
      Surprise(kNoon - 4 * kDay, 1), Surprise(kNoon - 3 * kDay, 3), Surprise(kNoon - 2 * kDay, 4),
      Surprise(kNoon, 105, 100), Surprise(kNoon + kDay, 1000)};
  EXPECT_TRUE(std::isnan(At(events, kNoon - 2 * kDay, kLastSurprise))) << "one is no history";
  EXPECT_NEAR(At(events, kNoon - kDay, kLastSurprise), 4 / std::sqrt(2.0), 1e-12);
  EXPECT_NEAR(At(events, kNoon + kMinute, kLastSurprise), 5 / std::sqrt(7.0 / 3), 1e-12);
}

// The candle that closes at the event holds the last quote before it.
TEST(EventFeaturesTest, AnActualIsKnownAMinuteAfterItsEvent) {
  const std::vector<EconomicEvent> events = {Surprise(kNoon - 4 * kDay, 1),
                                             Surprise(kNoon - 3 * kDay, 3), Surprise(kNoon, 5)};
  EXPECT_EQ(At(events, kNoon, kLastSurpriseKnown), 0);
  EXPECT_EQ(At(events, kNoon + kMinute - kSecond, kLastSurpriseKnown), 0);
  EXPECT_EQ(At(events, kNoon + kMinute, kLastSurpriseKnown), 1);
  EXPECT_NEAR(At(events, kNoon + kMinute, kLastSurprise), 5 / std::sqrt(2.0), 1e-12);
  // That it took place was known before.
  EXPECT_EQ(At({Event(kNoon, Impact::kHigh)}, kNoon, kHoursSinceLastHigh), 0);
}

TEST(EventFeaturesTest, EqualSurprisesHaveNoMeasure) {
  const std::vector<EconomicEvent> events = {Surprise(kNoon - 4 * kDay, 0.3, 0.2),
                                             Surprise(kNoon - 3 * kDay, 0.4, 0.3),
                                             Surprise(kNoon - 2 * kDay, 2, 0)};
  EXPECT_EQ(At(events, kNoon, kLastSurpriseKnown), 0);
}

TEST(EventFeaturesTest, AnActualWithoutAnHourIsKnownADayLater) {
  std::vector<EconomicEvent> events = {Surprise(kNoon - 9 * kDay, 1), Surprise(kNoon - 8 * kDay, 3),
                                       Surprise(kNoon, 5)};
  events[2].time_known = false;
  EXPECT_EQ(At(events, kNoon + kDay - kSecond, kLastSurpriseKnown), 0);
  EXPECT_EQ(At(events, kNoon + kDay, kLastSurpriseKnown), 1);
}

TEST(EventFeaturesTest, OfSeveralAtOnceTheHighestImpactCounts) {
  std::vector<EconomicEvent> events;
  for (const char* name : {"A", "B", "C"}) {
    for (int i = 0; i < 3; ++i) {
      events.push_back(Surprise(kNoon + i * kDay, i));
      events.back().name = name;
    }
  }
  events[5].actual = 7;  // B's last
  events[5].impact = Impact::kHigh;
  EXPECT_NEAR(At(events, kNoon + 2 * kDay + kMinute, kLastSurprise), 7 / std::sqrt(0.5), 1e-12);
  events[5].impact = Impact::kLow;  // then the alphabetically first
  EXPECT_NEAR(At(events, kNoon + 2 * kDay + kMinute, kLastSurprise), 2 / std::sqrt(0.5), 1e-12);
}

TEST(EventFeaturesTest, RefusesWhatMakesNoSense) {
  const CurrencyPair pair = *CurrencyPair::Parse("EUR/USD");
  const std::vector<EconomicEvent> twice(2, Event(kNoon, Impact::kLow));
  EXPECT_THAT(EventFeatures::Create(pair, twice),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("event 'CPI' (USD, 2015-06-01T12:00:00+00:00)")));
  EXPECT_THAT(
      EventFeatures::Create(pair, {Surprise(kNoon, std::numeric_limits<double>::infinity())}),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("actual is inf")));
}

// Whatever the actual values after t are, and whether they are there, t's row is the same.
TEST(EventFeaturesTest, LaterActualsChangeNothing) {
  const CurrencyPair pair = *CurrencyPair::Parse("EUR/USD");
  for (const char* file : {"real_calendar.csv", "synthetic_calendar.csv"}) {
    const std::vector<EconomicEvent> all = GoldenEvents(file);
    ASSERT_OK_AND_ASSIGN(const auto whole, EventFeatures::Create(pair, all));
    std::mt19937 random(11);
    for (int i = 0; i < 20; ++i) {
      const EconomicEvent& chosen = all[random() % all.size()];
      const absl::Time t = KnownFrom(chosen) - kSecond * static_cast<int>(random() % 2);
      std::vector<EconomicEvent> changed = all;
      for (EconomicEvent& event : changed) {
        if (KnownFrom(event) <= t) continue;
        event.actual = random() % 2 == 0 ? std::nullopt : std::optional<double>(random() % 1000);
        event.previous.reset();
      }
      std::shuffle(changed.begin(), changed.end(), random);
      ASSERT_OK_AND_ASSIGN(const auto cut, EventFeatures::Create(pair, changed));
      for (size_t c = 0; c < kEventColumnCount; ++c) {
        EXPECT_TRUE(SameBits(cut.At({t}).Row(0)[c], whole.At({t}).Row(0)[c]))
            << EventColumns().columns()[c].name << " at " << t << " of " << file;
      }
    }
  }
}

TEST(EventFeaturesTest, AGridEqualsItsMoments) {
  ASSERT_OK_AND_ASSIGN(const auto features,
                       EventFeatures::Create(*CurrencyPair::Parse("EUR/USD"),
                                             GoldenEvents("synthetic_calendar.csv")));
  std::vector<absl::Time> hours;
  for (int i = 0; i < 3000; ++i) hours.push_back(kNoon + absl::Hours(i));
  std::reverse(hours.begin() + 2000, hours.end());  // order only costs time
  const features::FeatureMatrix grid = features.At(hours);
  for (size_t i = 0; i < hours.size(); ++i) {
    const features::FeatureMatrix one = features.At({hours[i]});
    for (size_t c = 0; c < kEventColumnCount; ++c) {
      ASSERT_TRUE(SameBits(grid.Row(i)[c], one.Row(0)[c])) << hours[i] << " " << c;
    }
  }
}

}  // namespace
}  // namespace aifx::macro
