#include "client/backend/range_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/candles.h"

namespace aifx::backend {
namespace {

using ::aifx::testing::Time;
using market::Timeframe;

// The windows touch and cover `rest`.
void ExpectCover(const std::vector<TimeWindow>& windows, const TimeWindow& rest) {
  ASSERT_FALSE(windows.empty());
  EXPECT_EQ(windows.front().start, rest.start);
  EXPECT_EQ(windows.back().end, rest.end);
  int64_t expected = 0;
  for (size_t i = 0; i < windows.size(); ++i) {
    EXPECT_LT(windows[i].start, windows[i].end);
    if (i > 0) {
      EXPECT_EQ(windows[i].start, windows[i - 1].end);
    }
    expected += windows[i].expected;
  }
  EXPECT_EQ(expected, rest.expected);
}

TEST(RangePlanTest, WindowsOfTradedHoursHoldAboutOnePage) {
  const market::TradingCalendar calendar;
  testing::RandomWalkOptions walk;
  walk.count = 60'000;
  const std::vector<market::Candle> candles = testing::RandomWalk(walk);
  const int64_t limit = 5'000;
  const ReadSpan read{candles[0].open_time, candles[4'999].open_time, limit};
  const TimeWindow rest{candles[4'999].open_time + kTick, absl::InfiniteFuture(), 55'000};
  const std::vector<TimeWindow> windows =
      PlanWindows(calendar, Timeframe::k1Hour, read, rest, limit);
  ExpectCover(windows, rest);
  EXPECT_EQ(windows.size(), 12u);
  for (const TimeWindow& window : windows) {
    const auto inside = std::count_if(candles.begin(), candles.end(), [&](const auto& candle) {
      return candle.open_time >= window.start && candle.open_time < window.end;
    });
    EXPECT_LE(inside, limit);
    EXPECT_GE(inside, limit * 8 / 10);
  }
}

TEST(RangePlanTest, CoversWhateverTheDataLooksLike) {
  const market::TradingCalendar calendar;
  const absl::Time saturday = Time("2018-06-16T03:00:00Z");
  for (const Timeframe timeframe : {Timeframe::k1Min, Timeframe::k1Hour, Timeframe::k1Day,
                                    Timeframe::k1Week, Timeframe::k1Month}) {
    for (const ReadSpan& read :
         {ReadSpan{saturday, saturday, 1}, ReadSpan{saturday, saturday + absl::Hours(5), 300},
          ReadSpan{Time("0001-01-01T00:00:00Z"), Time("9999-12-31T00:00:00Z"), 10},
          ReadSpan{Time("2199-01-01T00:00:00Z"), Time("2199-12-31T00:00:00Z"), 10},
          ReadSpan{saturday - absl::Hours(24 * 9000), saturday, 2}}) {
      for (const absl::Time end : {absl::InfiniteFuture(), read.last + absl::Hours(1)}) {
        for (const int64_t expected : {0L, 1L, 99L, 100L, 101L, 5'000L, 1L << 60}) {
          SCOPED_TRACE(::testing::Message() << read.first << " " << read.last << " " << expected);
          const TimeWindow rest{read.last + kTick, end, expected};
          const auto windows = PlanWindows(calendar, timeframe, read, rest, 100);
          ExpectCover(windows, rest);
          EXPECT_LE(windows.size(), 1'000u);
          if (expected <= 100) {
            EXPECT_EQ(windows.size(), 1u);
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace aifx::backend
