#include "core/training/labels.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/candles.h"

namespace aifx::training {
namespace {

using ::aifx::testing::FlatCandle;

constexpr size_t kNow = 13;  // the first candle with an ATR(14)

struct HighLow {
  double high, low;  // distance from 100
};

struct Path {
  const char* name;
  std::vector<HighLow> after;  // candles behind kNow
  int horizon;
  int target;  // 0 sell, 1 hold, 2 buy; -1 no label
  size_t end;
};

void PrintTo(const Path& path, std::ostream* out) { *out << path.name; }

// Fourteen candles of range 1 around 100, so ATR(14) is 1, then the path.
std::vector<market::Candle> Candles(const std::vector<HighLow>& after) {
  std::vector<market::Candle> candles;
  absl::Time time = absl::FromUnixSeconds(1528797600);
  const auto add = [&](double high, double low) {
    market::Candle candle = FlatCandle(time, 100);
    candle.high = 100 + high;
    candle.low = 100 + low;
    candles.push_back(candle);
    time += absl::Hours(1);
  };
  for (int i = 0; i < 14; ++i) add(0.5, -0.5);
  for (const HighLow& range : after) add(range.high, range.low);
  return candles;
}

class TripleBarrierTest : public ::testing::TestWithParam<Path> {};

TEST_P(TripleBarrierTest, TellsWhichBarrierIsTouchedFirst) {
  const Path& path = GetParam();
  const auto labels =
      MakeLabels(Candles(path.after), {model::Label::kTripleBarrier, path.horizon, 2.0});
  ASSERT_EQ(labels.size(), 14 + path.after.size());
  for (size_t t = 0; t < kNow; ++t) EXPECT_FALSE(labels[t].has_value());
  ASSERT_EQ(labels[kNow].has_value(), path.target >= 0);
  if (path.target < 0) return;
  EXPECT_EQ(labels[kNow]->target, path.target);
  EXPECT_EQ(labels[kNow]->end, path.end);
}

constexpr HighLow kQuiet = {1, -1};

INSTANTIATE_TEST_SUITE_P(
    Paths, TripleBarrierTest,
    ::testing::Values(Path{"up", {kQuiet, {2.1, 0}, kQuiet}, 3, 2, 15},
                      Path{"down", {kQuiet, kQuiet, {0, -2.1}}, 3, 0, 16},
                      Path{"neither", {kQuiet, kQuiet, kQuiet}, 3, 1, 16},
                      Path{"exact touch", {{2.0, 0}, kQuiet, kQuiet}, 3, 2, 14},
                      Path{"up, then down", {{3, 0}, {0, -3}, kQuiet}, 3, 2, 14},
                      Path{"down, then up", {{0, -3}, {3, 0}, kQuiet}, 3, 0, 14},
                      Path{"both in one candle", {kQuiet, {3, -3}, {3, 0}}, 3, 1, 15},
                      Path{"behind the horizon", {kQuiet, kQuiet, {3, 0}}, 2, 1, 15},
                      // Touched at once, but nobody knew that the horizon would be complete.
                      Path{"horizon not complete", {{3, 0}, kQuiet}, 3, -1, 0}));

TEST(DirectionTest, ComparesTheCloses) {
  std::vector<market::Candle> candles = Candles({kQuiet, kQuiet, kQuiet, kQuiet});
  candles[15].close = 100.2;
  candles[16].close = 99.9;
  const auto labels = MakeLabels(candles, {model::Label::kDirection, 2, 1.0});
  ASSERT_TRUE(labels[13].has_value() && labels[14].has_value() && labels[15].has_value());
  EXPECT_EQ(labels[13]->target, 1);
  EXPECT_EQ(labels[13]->end, 15u);
  EXPECT_EQ(labels[14]->target, 0);
  EXPECT_EQ(labels[15]->target, 0);  // equal to no rise
  EXPECT_FALSE(labels[16].has_value());
}

TEST(LabelTest, FlatPricesHaveNone) {
  std::vector<market::Candle> candles(40, FlatCandle(absl::FromUnixSeconds(1528797600)));
  for (const auto& label : MakeLabels(candles, {model::Label::kTripleBarrier, 2, 1.0})) {
    EXPECT_FALSE(label.has_value());
  }
  EXPECT_TRUE(MakeLabels({}, {}).empty());
}

}  // namespace
}  // namespace aifx::training
