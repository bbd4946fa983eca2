#include "client/events/candle_hub.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aifx::events {
namespace {

using records::CandleEvent;
using records::CandleSeriesId;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

CandleSeriesId Series(const char* pair, market::Timeframe timeframe = market::Timeframe::k1Hour) {
  return {*market::CurrencyPair::Parse(pair), timeframe};
}

CandleEvent Event(const CandleSeriesId& series, int hour) {
  return {series, absl::FromUnixSeconds(3600 * hour), absl::FromUnixSeconds(3600 * hour + 1)};
}

TEST(CandleHubTest, EverySubscriptionGetsWhatItWants) {
  CandleHub hub;
  const auto eur = hub.Subscribe({Series("EUR/USD")});
  const auto both = hub.Subscribe({Series("EUR/USD"), Series("GBP/USD")});
  hub.Publish(Event(Series("EUR/USD"), 1));
  hub.Publish(Event(Series("GBP/USD"), 2));
  hub.Publish(Event(Series("EUR/USD", market::Timeframe::k4Hours), 3));
  ASSERT_TRUE(eur->Next(absl::ZeroDuration()).has_value());
  EXPECT_FALSE(eur->Next(absl::ZeroDuration()).has_value());
  EXPECT_EQ(both->Next(absl::ZeroDuration())->series, Series("EUR/USD"));
  EXPECT_EQ(both->Next(absl::ZeroDuration())->open_time, absl::FromUnixSeconds(7200));
  EXPECT_FALSE(both->Next(absl::ZeroDuration()).has_value());
}

TEST(CandleHubTest, WatchesWhatSubscriptionsWantAsLongAsTheyLive) {
  CandleHub hub;
  EXPECT_THAT(hub.Watched(), IsEmpty());
  auto first = hub.Subscribe({Series("GBP/USD"), Series("EUR/USD")});
  const auto second = hub.Subscribe({Series("EUR/USD")});
  EXPECT_THAT(hub.Watched(), ElementsAre(Series("EUR/USD"), Series("GBP/USD")));
  first.reset();
  EXPECT_THAT(hub.Watched(), ElementsAre(Series("EUR/USD")));
  second->Close();
  EXPECT_THAT(hub.Watched(), IsEmpty());
  EXPECT_FALSE(second->Next(absl::InfiniteDuration()).has_value());
}

TEST(CandleHubTest, ASlowSubscriberLosesItsOldestEventsAndHoldsNobodyUp) {
  CandleHub hub(2);
  const auto slow = hub.Subscribe({Series("EUR/USD")});
  for (int hour = 1; hour <= 5; ++hour) hub.Publish(Event(Series("EUR/USD"), hour));
  EXPECT_EQ(slow->dropped(), 3);
  EXPECT_EQ(slow->Next(absl::ZeroDuration())->open_time, absl::FromUnixSeconds(4 * 3600));
}

TEST(CandleHubTest, AnInterruptEndsOneWaitAndNotTheSubscription) {
  CandleHub hub;
  const auto subscription = hub.Subscribe({Series("EUR/USD")});
  subscription->Interrupt();
  EXPECT_FALSE(subscription->Next(absl::InfiniteDuration()).has_value());
  EXPECT_THAT(hub.Watched(), ElementsAre(Series("EUR/USD")));
  hub.Publish(Event(Series("EUR/USD"), 1));
  EXPECT_TRUE(subscription->Next(absl::InfiniteDuration()).has_value());
}

TEST(CandleHubTest, ASubscriptionMayOutliveTheHub) {
  auto hub = std::make_unique<CandleHub>();
  const auto subscription = hub->Subscribe({Series("EUR/USD")});
  hub.reset();
  EXPECT_FALSE(subscription->Next(absl::ZeroDuration()).has_value());
}

}  // namespace
}  // namespace aifx::events
