#include "core/pipeline/newest_candles.h"

#include <gtest/gtest.h>

#include "tests/support/candles.h"

namespace aifx::pipeline {
namespace {

constexpr market::Timeframe kHour = market::Timeframe::k1Hour;

SeriesKey Key(const char* pair = "EUR/USD") { return {*market::CurrencyPair::Parse(pair), kHour}; }

SharedCandles Candles(size_t count) {
  return std::make_shared<const std::vector<market::Candle>>(testing::RandomWalk({.count = count}));
}

absl::Time CloseOf(const SharedCandles& candles) {
  return market::CloseTime(kHour, candles->back().open_time);
}

TEST(NewestCandlesTest, AreGoodUntilTheNextCloseAndNotLongerThanTheirAge) {
  NewestCandles cache({.max_age = absl::Hours(2)});
  const SharedCandles candles = Candles(50);
  const absl::Time close = CloseOf(candles);
  cache.Store(Key(), 50, candles, 0, close);
  EXPECT_EQ(cache.Find(Key(), 50, close + absl::Hours(1) - absl::Nanoseconds(1)), candles);
  EXPECT_EQ(cache.Find(Key(), 50, close + absl::Hours(1)), nullptr);
  NewestCandles impatient({.max_age = absl::Minutes(1)});
  impatient.Store(Key(), 50, candles, 0, close);
  EXPECT_NE(impatient.Find(Key(), 50, close + absl::Seconds(59)), nullptr);
  EXPECT_EQ(impatient.Find(Key(), 50, close + absl::Seconds(60)), nullptr);
}

TEST(NewestCandlesTest, ACandleThatIsLateIsLookedForAgainSoon) {
  NewestCandles cache({.recheck = absl::Milliseconds(500)});
  const SharedCandles candles = Candles(50);
  const absl::Time read_at = CloseOf(candles) + absl::Hours(1) + absl::Seconds(3);
  cache.Store(Key(), 50, candles, 0, read_at);
  EXPECT_NE(cache.Find(Key(), 50, read_at + absl::Milliseconds(499)), nullptr);
  EXPECT_EQ(cache.Find(Key(), 50, read_at + absl::Milliseconds(500)), nullptr);
}

TEST(NewestCandlesTest, ServesFewerThanWereReadAndNotMore) {
  NewestCandles cache({});
  const SharedCandles candles = Candles(50);
  cache.Store(Key(), 60, candles, 0, CloseOf(candles));  // the source had 50 of 60
  EXPECT_NE(cache.Find(Key(), 60, CloseOf(candles)), nullptr);
  EXPECT_NE(cache.Find(Key(), 10, CloseOf(candles)), nullptr);
  EXPECT_EQ(cache.Find(Key(), 61, CloseOf(candles)), nullptr);
  EXPECT_EQ(cache.Find(Key("GBP/USD"), 10, CloseOf(candles)), nullptr);
  EXPECT_EQ(cache.Stats().hits, 2);
  EXPECT_EQ(cache.Stats().misses, 2);
}

TEST(NewestCandlesTest, IsBoundedInSeriesAndBytes) {
  const SharedCandles candles = Candles(50);
  const absl::Time now = CloseOf(candles);
  NewestCandles two({.max_series = 2});
  for (const char* pair : {"EUR/USD", "GBP/USD"}) two.Store(Key(pair), 50, candles, 0, now);
  EXPECT_NE(two.Find(Key("EUR/USD"), 50, now), nullptr);
  two.Store(Key("USD/JPY"), 50, candles, 0, now);
  EXPECT_EQ(two.Find(Key("GBP/USD"), 50, now), nullptr) << "used least recently";
  EXPECT_NE(two.Find(Key("EUR/USD"), 50, now), nullptr);
  EXPECT_EQ(two.Stats().evictions, 1);
  NewestCandles small({.max_bytes = 100 * sizeof(market::Candle)});
  for (const char* pair : {"EUR/USD", "GBP/USD", "USD/JPY"}) {
    small.Store(Key(pair), 50, candles, 0, now);
  }
  EXPECT_EQ(small.Stats().series, 2u);
  EXPECT_LE(small.Stats().bytes, 100 * sizeof(market::Candle));
}

TEST(NewestCandlesTest, AnInvalidationDropsWhatIsKeptAndWhatIsBeingRead) {
  NewestCandles cache({});
  const SharedCandles candles = Candles(50);
  const absl::Time now = CloseOf(candles);
  cache.Store(Key(), 50, candles, cache.Generation(Key()), now);
  const int64_t before = cache.Generation(Key());
  cache.Invalidate(Key(), candles->back().open_time);
  EXPECT_EQ(cache.Find(Key(), 50, now), nullptr);
  cache.Store(Key(), 50, candles, before, now);
  EXPECT_EQ(cache.Find(Key(), 50, now), nullptr);
  cache.Store(Key(), 50, candles, cache.Generation(Key()), now);
  EXPECT_NE(cache.Find(Key(), 50, now), nullptr);
  EXPECT_EQ(cache.Stats().invalidations, 1);
}

TEST(NewestCandlesTest, AfterAnEventOnlyTheNewestFewAndWhatItTellsOfAreUnknown) {
  NewestCandles cache({.reread = 10, .whole_age = absl::Hours(36)});
  const SharedCandles candles = Candles(50);
  const absl::Time now = CloseOf(candles);
  cache.Store(Key(), 50, candles, 0, now);
  EXPECT_FALSE(cache.Known(Key(), 50, now).has_value()) << "nobody told of a change";
  cache.Invalidate(Key(), candles->back().open_time + absl::Hours(1));
  const auto known = cache.Known(Key(), 30, now);
  ASSERT_TRUE(known.has_value());
  EXPECT_EQ(known->unchanged, 40u);
  EXPECT_EQ(known->count, 50u);
  EXPECT_EQ(known->whole_read, now);
  EXPECT_FALSE(cache.Known(Key(), 51, now).has_value()) << "more than was read";
  EXPECT_TRUE(cache.Known(Key(), 50, now + absl::Hours(36)).has_value());
  EXPECT_FALSE(cache.Known(Key(), 50, now + absl::Hours(37)).has_value());
  cache.Invalidate(Key(), (*candles)[7].open_time);
  cache.Invalidate(Key(), (*candles)[20].open_time);
  EXPECT_EQ(cache.Known(Key(), 50, now)->unchanged, 7u);
  cache.Invalidate(Key(), (*candles)[0].open_time);
  EXPECT_FALSE(cache.Known(Key(), 50, now).has_value());
}

TEST(NewestCandlesTest, FewerThanTheFewAreReadAsAWhole) {
  NewestCandles cache({.reread = 10});
  const SharedCandles candles = Candles(10);
  cache.Store(Key(), 50, candles, 0, CloseOf(candles));
  cache.Invalidate(Key(), candles->back().open_time);
  EXPECT_FALSE(cache.Known(Key(), 50, CloseOf(candles)).has_value());
}

TEST(NewestCandlesTest, WhatIsReadReplacesWhatIsKnownFromItsFirstCandleOn) {
  const SharedCandles candles = Candles(60);
  const std::vector<market::Candle> kept(candles->begin(), candles->begin() + 50);
  const KnownCandles known{std::make_shared<const std::vector<market::Candle>>(kept), 50, 40, {}};
  std::vector<market::Candle> read(candles->begin() + 40, candles->begin() + 53);
  read.erase(read.begin() + 4);  // which the source has no more
  read[1].close = read[1].open;
  const SharedCandles joined = JoinRead(known, read);
  ASSERT_NE(joined, nullptr);
  ASSERT_EQ(joined->size(), 50u);
  EXPECT_EQ(joined->front().open_time, (*candles)[2].open_time);
  EXPECT_EQ((*joined)[39].close, read[1].close);
  EXPECT_EQ(joined->back().open_time, (*candles)[52].open_time);
  EXPECT_EQ(JoinRead(known, absl::MakeSpan(read).subspan(1)), nullptr);
  EXPECT_EQ(JoinRead(known, {}), nullptr);
  EXPECT_EQ(JoinRead(known, absl::MakeSpan(read).first(9)), nullptr) << "49 of 50";
}

TEST(NewestCandlesTest, ACandleThatIsFilledInMakesAllBeReadAgain) {
  for (const size_t hole : {20, 39}) {
    NewestCandles cache({.reread = 10});
    const SharedCandles whole = Candles(50);
    std::vector<market::Candle> kept = *whole;
    kept.erase(kept.begin() + static_cast<ptrdiff_t>(hole));
    cache.Store(Key(), 49, std::make_shared<const std::vector<market::Candle>>(kept), 0,
                CloseOf(whole));
    cache.Invalidate(Key(), (*whole)[hole].open_time);
    EXPECT_FALSE(cache.Known(Key(), 49, CloseOf(whole)).has_value()) << hole;
  }
}

TEST(NewestCandlesTest, AllAreReadAgainAfterSoManyCandlesOrWhereTheyMakeNoSense) {
  NewestCandles cache({.reread = 10, .whole_age = absl::Hours(100), .whole_candles = 3});
  const SharedCandles candles = Candles(50);
  const absl::Time now = CloseOf(candles);
  cache.Store(Key(), 50, candles, 0, now);
  cache.Invalidate(Key(), candles->back().open_time);
  EXPECT_TRUE(cache.Known(Key(), 50, now + absl::Hours(3)).has_value());
  EXPECT_FALSE(cache.Known(Key(), 50, now + absl::Hours(4)).has_value());
  cache.Distrust(Key());
  EXPECT_FALSE(cache.Known(Key(), 50, now).has_value());
}

}  // namespace
}  // namespace aifx::pipeline
