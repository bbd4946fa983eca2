#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/features/candle_series.h"
#include "tests/unit/core/features/context_candles.h"
#include "tests/unit/core/features/every_set.h"
#include "tests/unit/core/features/golden_csv.h"

namespace aifx::features {
namespace {

const FeatureSet& Set() { return **FindFeatureSet("stationary-v2"); }

size_t IndexOf(absl::string_view column) {
  const std::vector<Column>& columns = Set().columns();
  const auto found = std::find_if(columns.begin(), columns.end(),
                                  [&](const Column& c) { return c.name == column; });
  EXPECT_NE(found, columns.end()) << column;
  return static_cast<size_t>(found - columns.begin());
}

FeatureMatrix Build(const std::vector<market::Candle>& candles) {
  const ContextCandles context = ContextCandles::Of(candles);
  const std::vector<ContextSeries> series = context.Series();
  FeatureMatrix matrix;
  EXPECT_OK(Set().Build({candles, nullptr, series}, matrix));
  return matrix;
}

double NewestValue(const std::vector<market::Candle>& candles, absl::string_view column) {
  const FeatureMatrix matrix = Build(candles);
  return matrix.Row(matrix.rows - 1)[IndexOf(column)];
}

// memory() flat hourly candles of which the newest opens at `time`.
std::vector<market::Candle> EndingAt(absl::string_view time) {
  const size_t count = Set().memory();
  return FlatCandles(count, 1.1, Utc(time) - absl::Hours(static_cast<int64_t>(count) - 1));
}

TEST(StationaryV2Test, BeginsWithTheBitsOfV1) {
  const std::vector<market::Candle> candles = RandomCandles(2000, 40);
  FeatureMatrix first;
  ASSERT_OK(DefaultFeatureSet().Build(candles, first));
  const FeatureMatrix second = Build(candles);
  ASSERT_EQ(first.rows, second.rows);
  for (size_t r = 0; r < first.rows; ++r) {
    ASSERT_EQ(
        std::memcmp(first.Row(r).data(), second.Row(r).data(), first.columns * sizeof(double)), 0)
        << r;
  }
}

TEST(StationaryV2Test, SixtyRowsFitInto120Candles) {
  EXPECT_EQ(Set().columns().size(), 49u);
  EXPECT_FALSE(Set().recursive());
  EXPECT_LE(Set().CandlesNeeded(60), 120u);
  EXPECT_EQ(Set().CandlesNeeded(60), Set().CandlesWanted(60));
}

// tests/golden/features/make_stationary_v2.py computed them with pandas.
TEST(StationaryV2Test, WhatIsNewAgreesWithPandas) {
  const auto lines = ReadGoldenCsv("stationary_v2_candles.csv");
  std::vector<market::Candle> candles;
  for (size_t i = 1; i < lines.size(); ++i) {
    market::Candle candle;
    candle.open_time = Utc(lines[i][0]);
    candle.close = std::stod(lines[i][1]);
    candle.open = candle.high = candle.low = candle.close;
    candle.spread_pips = std::stod(lines[i][2]);
    candles.push_back(candle);
  }
  ContextCandles context;
  const auto context_lines = ReadGoldenCsv("stationary_v2_context.csv");
  for (size_t i = 1; i < context_lines.size(); ++i) {
    const auto pair = market::CurrencyPair::Parse(context_lines[i][0]);
    market::Candle candle;
    candle.open_time = Utc(context_lines[i][1]);
    candle.close = std::stod(context_lines[i][2]);
    context.of(DollarPairIndex(*pair)).push_back(candle);
  }
  const auto own = market::CurrencyPair::Parse("EUR/USD");
  const std::vector<ContextSeries> series = context.Series(&*own);
  FeatureMatrix matrix;
  ASSERT_OK(Set().Build({candles, &*own, series}, matrix));
  const auto expected = ReadGoldenCsv("stationary_v2_expected.csv");
  ASSERT_EQ(matrix.rows + 1, expected.size());
  ASSERT_EQ(expected[0].size(), 25u);
  for (size_t c = 0; c < expected[0].size(); ++c) {
    const size_t column = IndexOf(expected[0][c]);
    double least = 1e9, most = -1e9;
    for (size_t r = 0; r < matrix.rows; ++r) {
      const double want = std::stod(expected[r + 1][c]);
      EXPECT_NEAR(matrix.Row(r)[column], want, 1e-9) << expected[0][c] << ", row " << r;
      least = std::min(least, want);
      most = std::max(most, want);
    }
    const bool constant =
        expected[0][c] == "has_spread" || absl::StartsWith(expected[0][c], "eurusd_");
    EXPECT_EQ(least < most, !constant) << expected[0][c];
  }
}

// Of each pair alone, so that every sign is seen: EUR/USD falls where the dollar rises.
TEST(StationaryV2Test, AStrongerDollarIsPositiveThroughEveryPair) {
  const std::vector<market::Candle> candles = FlatCandles(Set().memory(), 1.1);
  for (size_t p = 0; p < kDollarPairs.size(); ++p) {
    ContextCandles context;
    for (size_t other = 0; other < kDollarPairs.size(); ++other) context.of(other) = candles;
    const bool dollar_is_base = kDollarPairs[p].name == std::string("USD/JPY");
    context.of(p).back().close *= dollar_is_base ? 1.01 : 1 / 1.01;
    const std::vector<ContextSeries> series = context.Series();
    FeatureMatrix matrix;
    ASSERT_OK(Set().Build({candles, nullptr, series}, matrix));
    // One move in 30 bars is root 30 times their root mean square; the other pairs stand still.
    const double move = std::sqrt(30.0);
    EXPECT_NEAR(matrix.Row(0)[IndexOf("dollar_return_1")], move / 4, 1e-9) << kDollarPairs[p].name;
    EXPECT_NEAR(matrix.Row(0)[IndexOf("dollar_return_4")], move / 8, 1e-9);
    const std::string own = absl::StrCat(kDollarPairs[p].column_prefix, "_return_1");
    EXPECT_NEAR(matrix.Row(0)[IndexOf(own)], dollar_is_base ? move : -move, 1e-9);
  }
}

// A close is carried for 18 candles without one; the 31 closes of a row may all be carried ones.
TEST(StationaryV2Test, APairIsUnknownOnceItsLastCloseIsTooOld) {
  const std::vector<market::Candle> candles = RandomCandles(300, 42);
  for (const size_t missing : {18, 19}) {
    ContextCandles context;
    for (size_t p = 0; p < kDollarPairs.size(); ++p) context.of(p) = candles;
    const auto hole = context.of(1).begin() + 260;
    context.of(1).erase(hole, hole + static_cast<std::ptrdiff_t>(missing));
    const std::vector<ContextSeries> series = context.Series();
    FeatureMatrix matrix;
    ASSERT_OK(Set().Build({candles, nullptr, series}, matrix));
    const absl::Span<const double> row = matrix.Row(matrix.rows - 1);
    EXPECT_EQ(row[IndexOf("has_dollar_pairs")], missing == 18 ? 1 : 0.75);
    EXPECT_EQ(row[IndexOf("gbpusd_return_1")] == 0, missing == 19);
    EXPECT_NE(row[IndexOf("eurusd_return_1")], 0);
  }
}

TEST(StationaryV2Test, AMissingSpreadIsNeutralAndSaysSo) {
  std::vector<market::Candle> candles = RandomCandles(60, 41);
  EXPECT_EQ(NewestValue(candles, "has_spread"), 1);
  EXPECT_NE(NewestValue(candles, "spread_against_48"), 0);
  candles[20].spread_pips.reset();
  EXPECT_EQ(NewestValue(candles, "has_spread"), 0);
  EXPECT_EQ(NewestValue(candles, "spread_against_48"), 0);
}

// London changes to summer time on 29 March 2015, New York on 8 March.
TEST(StationaryV2Test, SessionsFollowLocalClocks) {
  struct Case {
    const char* time;
    int london, new_york, fix, cut;
  };
  constexpr Case kCases[] = {
      {"2015-01-14T07:00:00Z", 0, 0, 0, 0}, {"2015-01-14T08:00:00Z", 1, 0, 0, 0},
      {"2015-01-14T13:00:00Z", 1, 1, 0, 0}, {"2015-01-14T14:00:00Z", 1, 1, 0, 1},
      {"2015-01-14T15:00:00Z", 1, 1, 1, 1}, {"2015-01-14T16:00:00Z", 1, 1, 1, 0},
      {"2015-01-14T17:00:00Z", 0, 1, 0, 0}, {"2015-01-14T22:00:00Z", 0, 0, 0, 0},
      {"2015-03-18T12:00:00Z", 1, 1, 0, 0},  // summer in New York only
      {"2015-03-18T13:00:00Z", 1, 1, 0, 1}, {"2015-03-18T15:00:00Z", 1, 1, 1, 0},
      {"2015-07-15T07:00:00Z", 1, 0, 0, 0},  // summer in both
      {"2015-07-15T14:00:00Z", 1, 1, 1, 1}, {"2015-07-15T16:00:00Z", 0, 1, 0, 0},
      {"2015-07-18T14:00:00Z", 0, 0, 0, 0},  // Saturday
  };
  for (const Case& c : kCases) {
    const std::vector<market::Candle> candles = EndingAt(c.time);
    EXPECT_EQ(NewestValue(candles, "london_session"), c.london) << c.time;
    EXPECT_EQ(NewestValue(candles, "new_york_session"), c.new_york) << c.time;
    EXPECT_EQ(NewestValue(candles, "session_overlap"), c.london * c.new_york) << c.time;
    EXPECT_EQ(NewestValue(candles, "london_fix_window"), c.fix) << c.time;
    EXPECT_EQ(NewestValue(candles, "new_york_cut_window"), c.cut) << c.time;
  }
}

}  // namespace
}  // namespace aifx::features
