#include "core/dataset/dataset.h"

#include <cmath>

#include "core/features/window_scaling.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/dataset/dataset_fixture.h"

namespace aifx::dataset {
namespace {

using ::aifx::testing::StatusIs;
using ::aifx::testing::Time;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

std::vector<float> ToFloats(const std::vector<double>& values) {
  return {values.begin(), values.end()};
}

TEST(DatasetTest, WindowsEndWithTheRowsCandle) {
  DatasetSpec spec = SmallSpec();
  spec.scaled = false;
  const auto candles = SmallCandles();
  ASSERT_OK_AND_ASSIGN(const Dataset data, Dataset::Build(spec, {.candles = candles}));
  features::FeatureMatrix matrix;
  ASSERT_OK(spec.set->Build(candles, matrix));
  ASSERT_EQ(data.rows().front().candle, spec.set->warm_up() + 7);
  ASSERT_EQ(data.rows().back().candle, candles.size() - 1 - 6);
  for (const size_t i : {size_t{0}, data.rows().size() / 2, data.rows().size() - 1}) {
    const Row& row = data.rows()[i];
    EXPECT_EQ(row.as_of, candles[row.candle].open_time + absl::Hours(1));
    EXPECT_EQ(row.horizon_end, candles[row.candle + 6].open_time + absl::Hours(1));
    std::vector<float> scratch;
    const auto window = data.Window(row, scratch);
    ASSERT_EQ(window.size(), 8 * matrix.columns);
    for (size_t step = 0; step < 8; ++step) {
      const auto expected = matrix.Row(row.candle - 7 + step - spec.set->warm_up());
      for (size_t c = 0; c < matrix.columns; ++c) {
        ASSERT_EQ(window[step * matrix.columns + c], static_cast<float>(expected[c]));
      }
    }
  }
}

TEST(DatasetTest, ScalersLearnFromEveryTrainedCandleOnce) {
  const auto candles = SmallCandles();
  ASSERT_OK_AND_ASSIGN(const Dataset data, Dataset::Build(SmallSpec(), {.candles = candles}));
  const std::vector<size_t>& train = data.split().of(Part::kTrain).rows;
  const size_t columns = SmallSpec().set->columns().size();
  // Train rows are in one piece: the first window, and then the newest candle of each next one.
  EXPECT_EQ(data.technical_scaler()->rows, train.size() + 7);
  std::vector<double> sum(columns), squares(columns);
  const auto add = [&](const float* values) {
    for (size_t c = 0; c < columns; ++c) {
      sum[c] += values[c];
      squares[c] += double{values[c]} * values[c];
    }
  };
  std::vector<float> scratch;
  const auto first = data.Window(data.rows()[train.front()], scratch);
  for (size_t step = 0; step + 1 < 8; ++step) add(first.data() + step * columns);
  for (const size_t r : train) add(data.Window(data.rows()[r], scratch).data() + 7 * columns);
  for (size_t c = 0; c < columns; ++c) {
    EXPECT_NEAR(sum[c] / static_cast<double>(train.size() + 7), 0, 1e-5);
    // A random walk opens where it closed: its gap is the constant 0.
    const double variance = SmallSpec().set->columns()[c].name == "gap" ? 0 : 1;
    EXPECT_NEAR(squares[c] / static_cast<double>(train.size() + 7), variance, 1e-4);
  }
}

// raw-ohlcv: a window is what serving gives a model, made by the function that serving calls from
// the window's candles alone.
TEST(DatasetTest, WindowsOfRawPricesAreScaledAsInServing) {
  DatasetSpec spec = SmallSpec();
  spec.set = *features::FindFeatureSet("raw-ohlcv");
  const auto candles = SmallCandles();
  ASSERT_OK_AND_ASSIGN(const Dataset data, Dataset::Build(spec, {.candles = candles}));
  EXPECT_FALSE(data.technical_scaler().has_value());
  spec.scaled = false;
  ASSERT_OK_AND_ASSIGN(const Dataset raw, Dataset::Build(spec, {.candles = candles}));
  std::vector<float> scratch, raw_scratch;
  for (size_t i = 0; i < data.rows().size(); ++i) {
    const Row& row = data.rows()[i];
    features::FeatureMatrix served;
    ASSERT_OK(spec.set->Build(absl::MakeConstSpan(candles).subspan(row.candle - 7, 8), served));
    ASSERT_THAT(raw.Window(raw.rows()[i], raw_scratch), ElementsAreArray(ToFloats(served.values)));
    features::ScaleWindow(features::WindowScaling::kZScore, 5, absl::MakeSpan(served.values));
    ASSERT_THAT(data.Window(row, scratch), ElementsAreArray(ToFloats(served.values)));
  }
}

TEST(DatasetTest, ALabelThatCrossesTheWeekendEndsAfterIt) {
  // The training ends on Saturday. Friday's last rows are answered on Sunday or Monday; by a count
  // of hours some of them would end on Saturday morning and stay.
  DatasetSpec spec = SmallSpec();
  spec.split.train_until = Time("2018-06-30T12:00:00Z");
  const auto candles = SmallCandles();
  ASSERT_OK_AND_ASSIGN(const Dataset data, Dataset::Build(spec, {.candles = candles}));
  const PartRows& train = data.split().of(Part::kTrain);
  const Row& last = data.rows()[train.rows.back()];
  EXPECT_EQ(last.as_of, Time("2018-06-29T15:00:00Z"));
  EXPECT_EQ(last.horizon_end, Time("2018-06-29T21:00:00Z"));
  EXPECT_EQ(train.purged, 6);
  const Row& next = data.rows()[train.rows.back() + 1];
  EXPECT_EQ(next.as_of + absl::Hours(6), Time("2018-06-29T22:00:00Z"))
      << "by hours: before the cut";
  EXPECT_EQ(next.horizon_end, Time("2018-07-01T22:00:00Z"));
}

TEST(DatasetTest, ABarriersOwnEndPurgesFewerRows) {
  DatasetSpec spec = SmallSpec();
  spec.split.train_until = Time("2018-06-27T12:00:00Z");
  spec.targets.take_atr = spec.targets.stop_atr = 0.5;
  const auto candles = SmallCandles();
  ASSERT_OK_AND_ASSIGN(const Dataset all, Dataset::Build(spec, {.candles = candles}));
  spec.targets.direction = spec.targets.change = false;
  ASSERT_OK_AND_ASSIGN(const Dataset barriers, Dataset::Build(spec, {.candles = candles}));
  EXPECT_EQ(all.split().of(Part::kTrain).purged, 6);
  EXPECT_LT(barriers.split().of(Part::kTrain).purged, 6);
  for (const size_t r : barriers.split().of(Part::kTrain).rows) {
    EXPECT_LE(barriers.rows()[r].barrier_end, Time("2018-06-27T12:00:00Z"));
  }
}

TEST(DatasetTest, CandlesBeforeTheFirstOnlyFillWindows) {
  const auto candles = SmallCandles();
  ASSERT_OK_AND_ASSIGN(const Dataset whole, Dataset::Build(SmallSpec(), {.candles = candles}));
  const size_t before = SmallSpec().set->CandlesWanted(8) - 1;
  const auto part = absl::MakeConstSpan(candles).subspan(200 - before);
  ASSERT_OK_AND_ASSIGN(const Dataset later,
                       Dataset::Build(SmallSpec(), {.candles = part, .first = before}));
  EXPECT_EQ(later.rows().front().as_of, candles[200].open_time + absl::Hours(1));
  EXPECT_EQ(later.rows().back().as_of, whole.rows().back().as_of);
}

TEST(DatasetTest, WindowsWithAnUndefinedValueAreLeftOutAndCounted) {
  DatasetSpec spec = SmallSpec();
  spec.set = *features::FindFeatureSet("raw-ohlcv");
  auto candles = SmallCandles();
  candles[100].volume.reset();
  candles[104].volume.reset();
  ASSERT_OK_AND_ASSIGN(const Dataset data, Dataset::Build(spec, {.candles = candles}));
  EXPECT_EQ(data.left_out().undefined, 12) << "windows that end at candles 100 to 111";
  EXPECT_THAT(data.left_out().undefined_candles, ElementsAre(0, 0, 0, 0, 2));
  for (const Row& row : data.rows()) EXPECT_TRUE(row.candle < 100 || row.candle > 111);
  for (market::Candle& candle : candles) candle.volume.reset();
  EXPECT_THAT(Dataset::Build(spec, {.candles = candles}).status(),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("volume is undefined for 600 candles (the candles have no")));
}

TEST(DatasetTest, TooLittleDataIsToldWithTheNumbers) {
  const auto candles = SmallCandles(60);
  EXPECT_THAT(Dataset::Build(SmallSpec(), {.candles = candles}).status(),
              StatusIs(absl::StatusCode::kOutOfRange,
                       AllOf(HasSubstr("60 candles are too few"), HasSubstr("needs 63"))));
}

TEST(DatasetTest, MacroRowsGoWithTheWindows) {
  const auto candles = SmallCandles();
  const DatasetSpec spec = SmallSpec();
  ASSERT_OK_AND_ASSIGN(const auto fundamentals,
                       macro::FundamentalFeatures::Create(spec.pair, SmallRecords()));
  ASSERT_OK_AND_ASSIGN(const auto events, macro::EventFeatures::Create(spec.pair, SmallEvents()));
  ASSERT_OK_AND_ASSIGN(
      const Dataset data,
      Dataset::Build(spec, {.candles = candles, .fundamentals = &fundamentals, .events = &events}));
  ASSERT_EQ(data.fundamental().rows, data.rows().size());
  ASSERT_EQ(data.event().rows, data.rows().size());
  const ColumnScaler& scaler = *data.fundamental_scaler();
  // In training the difference of rates was -1.5 and -1.75; -1.5 again after the later rise.
  EXPECT_EQ(scaler.offset[0], -1.75);
  EXPECT_EQ(scaler.divisor[0], 0.25);
  for (size_t i = 0; i < data.rows().size(); ++i) {
    const absl::Time t = data.rows()[i].as_of;
    // Not yet at the release itself, 18:00.
    const bool raised = t > Time("2018-06-21T18:00:00Z") && t < Time("2018-07-04T11:45:00Z");
    ASSERT_EQ(data.fundamental_mask().Row(i)[0], t >= Time("2018-06-14T11:45:00Z") ? 1 : 0);
    if (data.fundamental_mask().Row(i)[0] == 1) {
      ASSERT_EQ(data.fundamental().Row(i)[0], raised ? 0 : 1);
    } else {
      ASSERT_TRUE(std::isnan(data.fundamental().Row(i)[0]));
    }
    ASSERT_THAT(data.fundamental_mask().Row(i).subspan(1), Each(0));
  }
}

TEST(DatasetTest, RowsOverGapsAreCountedAndKept) {
  auto candles = SmallCandles();
  ASSERT_OK_AND_ASSIGN(const Dataset whole, Dataset::Build(SmallSpec(), {.candles = candles}));
  EXPECT_EQ(whole.over_gaps().windows, 0) << "a weekend is no gap";
  candles.erase(candles.begin() + 300, candles.begin() + 302);
  ASSERT_OK_AND_ASSIGN(const Dataset data, Dataset::Build(SmallSpec(), {.candles = candles}));
  EXPECT_EQ(data.over_gaps().windows, 7);
  EXPECT_EQ(data.over_gaps().horizons, 6);
  EXPECT_EQ(data.rows().size(), whole.rows().size() - 2);
}

}  // namespace
}  // namespace aifx::dataset
