#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "tests/support/status_matchers.h"
#include "tests/unit/core/features/candle_series.h"
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

double NewestValue(const std::vector<market::Candle>& candles, absl::string_view column) {
  FeatureMatrix matrix;
  EXPECT_OK(Set().Build(candles, matrix));
  return matrix.Row(matrix.rows - 1)[IndexOf(column)];
}

// memory() flat hourly candles of which the newest opens at `time`.
std::vector<market::Candle> EndingAt(absl::string_view time) {
  const size_t count = Set().memory();
  return FlatCandles(count, 1.1, Utc(time) - absl::Hours(static_cast<int64_t>(count) - 1));
}

TEST(StationaryV2Test, BeginsWithTheBitsOfV1) {
  const std::vector<market::Candle> candles = RandomCandles(2000, 40);
  FeatureMatrix first, second;
  ASSERT_OK(DefaultFeatureSet().Build(candles, first));
  ASSERT_OK(Set().Build(candles, second));
  ASSERT_EQ(first.rows, second.rows);
  for (size_t r = 0; r < first.rows; ++r) {
    ASSERT_EQ(
        std::memcmp(first.Row(r).data(), second.Row(r).data(), first.columns * sizeof(double)), 0)
        << r;
  }
}

TEST(StationaryV2Test, SixtyRowsFitInto120Candles) {
  EXPECT_EQ(Set().columns().size(), 34u);
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
  FeatureMatrix matrix;
  ASSERT_OK(Set().Build(candles, matrix));
  const auto expected = ReadGoldenCsv("stationary_v2_expected.csv");
  ASSERT_EQ(matrix.rows + 1, expected.size());
  ASSERT_EQ(expected[0].size(), 10u);
  for (size_t c = 0; c < expected[0].size(); ++c) {
    const size_t column = IndexOf(expected[0][c]);
    double least = 1e9, most = -1e9;
    for (size_t r = 0; r < matrix.rows; ++r) {
      const double want = std::stod(expected[r + 1][c]);
      EXPECT_NEAR(matrix.Row(r)[column], want, 1e-9) << expected[0][c] << ", row " << r;
      least = std::min(least, want);
      most = std::max(most, want);
    }
    EXPECT_EQ(least < most, expected[0][c] != "has_spread") << expected[0][c];
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
