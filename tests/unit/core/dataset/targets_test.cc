#include "core/dataset/targets.h"

#include <cmath>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/candles.h"

namespace aifx::dataset {
namespace {

using ::aifx::testing::FlatCandle;

constexpr size_t kNow = 13;  // the first candle with an ATR(14)

struct HighLow {
  double high, low;  // distance from 100
};

// Fourteen candles of range 1 around 100, so ATR(14) is 1, then the path.
std::vector<market::Candle> Candles(const std::vector<HighLow>& after) {
  std::vector<market::Candle> candles;
  absl::Time time = absl::FromUnixSeconds(1528797600);
  const auto add = [&](const HighLow& range) {
    market::Candle candle = FlatCandle(time, 100);
    candle.high = 100 + range.high;
    candle.low = 100 + range.low;
    candle.close = 100 + range.high / 2;
    candles.push_back(candle);
    time += absl::Hours(1);
  };
  for (int i = 0; i < 14; ++i) add({0.5, -0.5});
  candles.back().close = 100;
  for (const HighLow& range : after) add(range);
  return candles;
}

struct Path {
  const char* name;
  std::vector<HighLow> after;
  Barrier barrier;
  size_t end;
};

TEST(TargetAtTest, TellsWhichBarrierIsTouchedFirst) {
  // Take at 102, stop at 99.
  const TargetRule rule{.horizon_bars = 3, .take_atr = 2, .stop_atr = 1};
  const std::vector<Path> paths = {
      {"neither", {{1.9, -0.9}, {1.9, -0.9}, {1.9, -0.9}}, Barrier::kNeither, kNow + 3},
      {"take, then stop", {{0, 0}, {2, 0}, {0, -1}}, Barrier::kUpper, kNow + 2},
      {"stop, then take", {{0, 0}, {0, -1}, {2, 0}}, Barrier::kLower, kNow + 2},
      {"stop at once", {{0, -1}, {2, 0}, {2, 0}}, Barrier::kLower, kNow + 1},
      {"take at the last", {{0, 0}, {0, 0}, {2, 0}}, Barrier::kUpper, kNow + 3},
      {"both in one candle", {{2, -1}, {2, 0}, {2, 0}}, Barrier::kNeither, kNow + 1},
      {"behind the horizon", {{0, 0}, {0, 0}, {0, 0}, {2, 0}}, Barrier::kNeither, kNow + 3},
  };
  for (const Path& path : paths) {
    SCOPED_TRACE(path.name);
    const auto target = TargetAt(Candles(path.after), kNow, rule);
    ASSERT_TRUE(target.has_value());
    EXPECT_EQ(target->touch.barrier, path.barrier);
    EXPECT_EQ(target->touch.end, path.end);
    EXPECT_EQ(target->end, kNow + 3) << "the return depends on the whole horizon";
    TargetRule barrier_alone = rule;
    barrier_alone.direction = barrier_alone.change = false;
    EXPECT_EQ(TargetAt(Candles(path.after), kNow, barrier_alone)->end, path.end);
  }
}

TEST(TargetAtTest, DirectionAndReturnAreThoseOfTheHorizonsLastClose) {
  const auto candles = Candles({{8, 0}, {1, 0}, {0, -4}});  // closes 104, 100.5, 100
  const auto at = [&](int horizon) { return *TargetAt(candles, kNow, {.horizon_bars = horizon}); };
  EXPECT_EQ(at(1).direction, 1);
  EXPECT_DOUBLE_EQ(at(1).change, 104.0 / 100 - 1);
  EXPECT_DOUBLE_EQ(at(2).change, 100.5 / 100 - 1);
  EXPECT_EQ(at(3).direction, 0) << "an equal close is not up";
  EXPECT_EQ(at(3).change, 0);
}

TEST(TargetAtTest, NoneWithoutAWholeHorizon) {
  const auto candles = Candles({{5, 0}, {0, 0}});
  const TargetRule rule{.horizon_bars = 2, .take_atr = 2, .stop_atr = 1};
  EXPECT_TRUE(TargetAt(candles, kNow, rule).has_value());
  EXPECT_FALSE(TargetAt(candles, kNow + 1, rule).has_value());
  TargetRule longer = rule;
  longer.horizon_bars = 3;
  EXPECT_FALSE(TargetAt(candles, kNow, longer).has_value()) << "though a barrier was touched";
}

TEST(TargetAtTest, BarriersNeedAnAtr) {
  const auto candles = Candles({{1, 0}, {1, 0}});
  EXPECT_FALSE(TargetAt(candles, kNow - 1, {.horizon_bars = 1}).has_value());
  EXPECT_TRUE(TargetAt(candles, kNow - 1, {.barrier = false, .horizon_bars = 1}).has_value());
  std::vector<market::Candle> flat;
  for (int i = 0; i < 20; ++i) {
    flat.push_back(FlatCandle(absl::FromUnixSeconds(1528797600 + 3600 * i)));
  }
  EXPECT_FALSE(TargetAt(flat, kNow, {.horizon_bars = 1}).has_value());
  EXPECT_TRUE(TargetAt(flat, kNow, {.barrier = false, .horizon_bars = 1}).has_value());
}

}  // namespace
}  // namespace aifx::dataset
