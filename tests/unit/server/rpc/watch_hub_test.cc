// The hub by itself: its limits and its end. What watchers get is in watch_predictions_test.cc.
#include "server/rpc/watch_hub.h"

#include <gtest/gtest.h>

#include "core/base/violation.h"
#include "tests/unit/server/rpc/service_fixture.h"

namespace aifx::rpc {
namespace {

class DeafWatcher final : public PredictionWatcher {
 public:
  void Offer(const Answer&) override {}
};

class WatchLimitsTest : public ::testing::Test {
 protected:
  static std::vector<WatchKey> Keys(const std::vector<const char*>& pairs) {
    std::vector<WatchKey> keys;
    for (const char* pair : pairs) {
      keys.push_back({{*market::CurrencyPair::Parse(pair), market::Timeframe::k1Hour}, "house"});
    }
    return keys;
  }
  std::string ReasonOfWatching(const std::vector<const char*>& pairs, PredictionWatcher* watcher) {
    return base::ReasonOf(hub_.Watch(Keys(pairs), watcher));
  }

  testing::FakeCandleEvents events_;
  testing::FakeClock clock_;
  serving::Executor executor_{{.name = "reads"}};
  FakeEngine engine_{executor_};
  WatchHub hub_{{.events = events_,
                 .engine = engine_,
                 .clock = clock_,
                 .logger = base::NullLogger(),
                 .limits = {.keys = 3, .watches = 5}}};
  DeafWatcher first_, second_;
};

TEST_F(WatchLimitsTest, DifferentKeysAreLimitedAndAllOfACallOrNoneIsWatched) {
  EXPECT_EQ(ReasonOfWatching({"EUR/USD", "GBP/USD"}, &first_), "");
  EXPECT_EQ(ReasonOfWatching({"USD/JPY", "USD/CHF"}, &second_), "WATCHES_FULL");
  EXPECT_EQ(hub_.Stats().series, 2);
  EXPECT_EQ(hub_.Stats().watchers, 1);
  EXPECT_EQ(ReasonOfWatching({"EUR/USD", "USD/JPY"}, &second_), "");
}

TEST_F(WatchLimitsTest, KeysOfAllWatchersAreLimitedUntilTheyEnd) {
  const std::vector<const char*> pairs = {"EUR/USD", "GBP/USD", "USD/JPY"};
  EXPECT_EQ(ReasonOfWatching(pairs, &first_), "");
  EXPECT_EQ(ReasonOfWatching(pairs, &second_), "WATCHES_FULL");
  hub_.Unwatch(Keys(pairs), &first_);
  EXPECT_EQ(ReasonOfWatching(pairs, &second_), "");
}

TEST(WatchHubTest, EndsAtOnceHoweverEarlyItIsTold) {
  testing::FakeCandleEvents events;
  testing::FakeClock clock;
  serving::Executor executor({.name = "reads"});
  FakeEngine engine(executor);
  for (int i = 0; i < 200; ++i) {
    WatchHub hub(
        {.events = events, .engine = engine, .clock = clock, .logger = base::NullLogger()});
  }
}

}  // namespace
}  // namespace aifx::rpc
