#include "core/market/series_quality.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/candles.h"
#include "tests/support/sample_data.h"

namespace aifx::market {
namespace {

using ::aifx::testing::RandomWalk;
using ::aifx::testing::SampleCandles;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Two months of hourly candles, weekends left out.
std::vector<Candle> Hourly() { return RandomWalk({.count = 1000}); }

QualityReport Check(const std::vector<Candle>& candles, Timeframe timeframe = Timeframe::k1Hour,
                    QualityRules rules = {}) {
  QualityChecker checker(timeframe, rules);
  for (const Candle& candle : candles) checker.Add(candle);
  return checker.Finish();
}

TEST(SeriesQualityTest, AWellFormedSeriesHasNoFindings) {
  const std::vector<Candle> candles = Hourly();
  const QualityReport report = Check(candles);
  EXPECT_EQ(report.candles, 1000);
  EXPECT_EQ(report.first, candles.front().open_time);
  EXPECT_EQ(report.last, candles.back().open_time);
  EXPECT_EQ(report.missing, 0);
  EXPECT_EQ(report.in_closed_market, 0);
  EXPECT_FALSE(report.shift_hours.has_value());
  const QualityVerdict verdict = Judge(report);
  EXPECT_THAT(verdict.refusals, IsEmpty());
  EXPECT_THAT(verdict.warnings, IsEmpty());
}

TEST(SeriesQualityTest, AnEmptySeriesIsNothingToJudge) {
  const QualityReport report = Check({});
  EXPECT_EQ(report.candles, 0);
  EXPECT_EQ(report.MissingShare(), 0);
  EXPECT_THAT(Judge(report).refusals, IsEmpty());
}

TEST(SeriesQualityTest, CountsMissingCandlesByTheTradingCalendar) {
  std::vector<Candle> candles = Hourly();
  const absl::Time after = candles[99].open_time;
  candles.erase(candles.begin() + 100, candles.begin() + 104);
  const QualityReport report = Check(candles);
  EXPECT_EQ(report.missing, 4);
  ASSERT_THAT(report.gaps, SizeIs(1));  // weekends are none
  EXPECT_EQ(report.gaps[0].after, after);
  EXPECT_EQ(report.gaps[0].before, candles[100].open_time);
  EXPECT_DOUBLE_EQ(report.MissingShare(), 0.004);
  EXPECT_THAT(Judge(report).warnings, IsEmpty());  // less than one in a hundred

  candles.erase(candles.begin() + 200, candles.begin() + 230);
  EXPECT_THAT(Judge(Check(candles)).warnings, ElementsAre(HasSubstr("34 of 1000 candles (3.4%)")));
  candles.erase(candles.begin() + 300, candles.begin() + 500);
  EXPECT_THAT(Judge(Check(candles)).refusals, ElementsAre(HasSubstr("are missing")));
}

TEST(SeriesQualityTest, NamesDuplicateUnsortedAndImpossibleCandles) {
  std::vector<Candle> candles = Hourly();
  candles.insert(candles.begin() + 10, candles[9]);
  std::swap(candles[50], candles[51]);
  candles[70].high = candles[70].low / 2;
  candles[80].close = std::numeric_limits<double>::quiet_NaN();
  const QualityReport report = Check(candles);
  EXPECT_EQ(report.duplicates, 1);
  EXPECT_EQ(report.unsorted, 1);
  EXPECT_THAT(report.misplaced, ElementsAre(candles[10].open_time, candles[51].open_time));
  EXPECT_THAT(report.impossible_at, ElementsAre(candles[70].open_time, candles[80].open_time));
  EXPECT_THAT(Judge(report).refusals,
              ElementsAre(HasSubstr("1 duplicate and 1 unsorted"), HasSubstr("impossible prices")));
}

TEST(SeriesQualityTest, AnImpossibleCandleIsNoGap) {
  std::vector<Candle> candles = Hourly();
  for (size_t i = 100; i < 200; ++i) candles[i].low = -1;
  const QualityReport report = Check(candles);
  EXPECT_EQ(report.impossible, 100);
  EXPECT_EQ(report.missing, 0);
  EXPECT_THAT(report.gaps, IsEmpty());
}

TEST(SeriesQualityTest, FindsJumpsAndSpikes) {
  std::vector<Candle> candles = Hourly();
  candles[400].high *= 1.1;
  for (size_t i = 600; i < candles.size(); ++i) {
    for (double Candle::*price : {&Candle::open, &Candle::high, &Candle::low, &Candle::close}) {
      candles[i].*price *= 1.1;
    }
  }
  const QualityReport report = Check(candles);
  ASSERT_THAT(report.outliers, SizeIs(2));
  EXPECT_EQ(report.outliers[0].time, candles[400].open_time);
  EXPECT_EQ(report.outliers[0].kind, Outlier::Kind::kSpike);
  EXPECT_EQ(report.outliers[1].time, candles[600].open_time);
  EXPECT_EQ(report.outliers[1].kind, Outlier::Kind::kJump);
  EXPECT_GT(report.outliers[1].ratio, 100);
  EXPECT_THAT(Judge(report).warnings, ElementsAre(HasSubstr("2 outliers")));
}

// The ratio of every jump to the median of the 7 before it, counted here by sorting.
TEST(SeriesQualityTest, ComparesWithTheMedianOfTheMovesBefore) {
  std::vector<Candle> candles = Hourly();
  for (size_t i = 5; i < candles.size(); i += 9) candles[i].close = candles[i - 1].close;  // ties
  for (Candle& candle : candles) {
    candle.high = std::max(candle.high, candle.close);
    candle.low = std::min(candle.low, candle.close);
  }
  const QualityRules rules{.outlier_ratio = 0, .median_candles = 7, .max_listed = 10'000};
  std::vector<double> ratios, moves;
  for (const Outlier& outlier : Check(candles, Timeframe::k1Hour, rules).outliers) {
    if (outlier.kind == Outlier::Kind::kJump) ratios.push_back(outlier.ratio);
  }
  for (size_t i = 1; i < candles.size(); ++i) {
    moves.push_back(std::abs(std::log(candles[i].close / candles[i - 1].close)));
  }
  ASSERT_EQ(ratios.size(), moves.size());
  for (size_t i = 0; i < moves.size(); ++i) {
    if (i < 7) {
      ASSERT_EQ(ratios[i], 0);
      continue;
    }
    std::vector<double> before(moves.begin() + i - 7, moves.begin() + i);
    std::sort(before.begin(), before.end());
    ASSERT_EQ(ratios[i], moves[i] / std::max(before[3], 1e-5));
  }
}

TEST(SeriesQualityTest, AFeedThatStoodStillIsAFlatStretch) {
  std::vector<Candle> candles = Hourly();
  const double price = candles[99].close;
  const auto freeze = [&](size_t first, size_t count) {
    for (size_t i = first; i < first + count; ++i) {
      candles[i].open = candles[i].high = candles[i].low = candles[i].close = price;
    }
  };
  freeze(100, 5);
  EXPECT_EQ(Check(candles).flat_count, 0);
  freeze(100, 6);
  const QualityReport report = Check(candles);
  ASSERT_THAT(report.flats, SizeIs(1));
  EXPECT_EQ(report.flats[0].first, candles[100].open_time);
  EXPECT_EQ(report.flats[0].last, candles[105].open_time);
  EXPECT_EQ(report.flats[0].candles, 6);
  EXPECT_THAT(Judge(report).warnings, ::testing::Contains(HasSubstr("1 flat stretches")));
}

class ShiftTest : public ::testing::TestWithParam<int> {};

TEST_P(ShiftTest, TheWeekendTellsAWrongTimeZone) {
  std::vector<Candle> candles = Hourly();
  for (Candle& candle : candles) candle.open_time += absl::Hours(GetParam());
  const QualityReport report = Check(candles);
  EXPECT_GT(report.in_closed_market, 0);
  EXPECT_EQ(report.shift_hours, -GetParam());
  EXPECT_THAT(Judge(report).refusals, ElementsAre(HasSubstr("look shifted")));
}

INSTANTIATE_TEST_SUITE_P(Zones, ShiftTest, ::testing::Values(-9, -5, -2, 1, 2, 3, 7, 12));

TEST(SeriesQualityTest, AFewQuotesInTheWeekendAreNoShift) {
  std::vector<Candle> candles = Hourly();
  Candle saturday = candles[100];
  for (size_t i = 1; i < candles.size(); ++i) {
    if (candles[i].open_time - candles[i - 1].open_time < absl::Hours(24)) continue;
    saturday.open_time = candles[i - 1].open_time + absl::Hours(12);
    candles.insert(candles.begin() + static_cast<ptrdiff_t>(i), saturday);
    break;
  }
  const QualityReport report = Check(candles);
  EXPECT_EQ(report.in_closed_market, 1);
  EXPECT_FALSE(report.shift_hours.has_value());
}

TEST(SeriesQualityTest, ListsAreBoundedAndCountsAreNot) {
  std::vector<Candle> candles = Hourly();
  for (size_t i = 0; i < candles.size(); i += 2) candles[i].low = -1;
  const QualityReport report = Check(candles, Timeframe::k1Hour, {.max_listed = 3});
  EXPECT_EQ(report.impossible, 500);
  EXPECT_THAT(report.impossible_at, SizeIs(3));
}

TEST(SeriesQualityTest, TheSampleDataMayBeWorkedOn) {
  const QualityReport report = Check(SampleCandles());
  EXPECT_THAT(Judge(report).refusals, IsEmpty());
  EXPECT_LT(report.MissingShare(), 0.02);
}

}  // namespace
}  // namespace aifx::market
