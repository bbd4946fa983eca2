#include "core/features/stationary_v1.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include "absl/strings/numbers.h"
#include "core/base/sha256.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/features/candle_series.h"
#include "tests/unit/core/features/golden_csv.h"

namespace aifx::features {
namespace {

using ::testing::ElementsAreArray;
using ::testing::StartsWith;

double Number(const std::string& text) {
  double number = 0;
  EXPECT_TRUE(absl::SimpleAtod(text, &number)) << text;
  return number;
}

std::vector<market::Candle> GoldenCandles() {
  std::vector<market::Candle> candles;
  const std::vector<std::vector<std::string>> lines = ReadGoldenCsv("stationary_v1_candles.csv");
  for (size_t i = 1; i < lines.size(); ++i) {
    market::Candle candle;
    candle.open_time = Utc(lines[i][0]);
    candle.open = Number(lines[i][1]);
    candle.high = Number(lines[i][2]);
    candle.low = Number(lines[i][3]);
    candle.close = Number(lines[i][4]);
    candles.push_back(candle);
  }
  return candles;
}

double ValueAt(const std::vector<market::Candle>& candles, absl::string_view column) {
  const FeatureSet& set = DefaultFeatureSet();
  FeatureMatrix matrix;
  EXPECT_OK(set.Build(candles, matrix));
  for (size_t c = 0; c < matrix.columns; ++c) {
    if (set.columns()[c].name == column) return matrix.Row(matrix.rows - 1)[c];
  }
  ADD_FAILURE() << "no column " << column;
  return 0;
}

// memory() flat hourly candles of which the newest opens at `time`.
std::vector<market::Candle> EndingAt(absl::string_view time) {
  const size_t count = DefaultFeatureSet().memory();
  return FlatCandles(count, 1.1, Utc(time) - absl::Hours(static_cast<int64_t>(count) - 1));
}

// The local hour that sine and cosine stand for.
double HourAt(absl::string_view time, const std::string& place) {
  const std::vector<market::Candle> candles = EndingAt(time);
  const double angle =
      std::atan2(ValueAt(candles, place + "_hour_sin"), ValueAt(candles, place + "_hour_cos"));
  const double hour = angle * 12 / 3.14159265358979323846;
  return hour < -1e-9 ? hour + 24 : std::abs(hour);
}

TEST(StationaryV1Test, AgreesWithPandas) {
  const std::vector<std::vector<std::string>> lines = ReadGoldenCsv("stationary_v1_expected.csv");
  FeatureMatrix matrix;
  ASSERT_OK(DefaultFeatureSet().Build(GoldenCandles(), matrix));
  ASSERT_EQ(matrix.rows + 1, lines.size());
  std::vector<std::string> names;
  for (const Column& column : DefaultFeatureSet().columns()) names.push_back(column.name);
  ASSERT_THAT(lines[0], ElementsAreArray(names));
  for (size_t c = 0; c < matrix.columns; ++c) {
    std::vector<double> sizes;
    for (size_t r = 0; r < matrix.rows; ++r) sizes.push_back(std::abs(Number(lines[r + 1][c])));
    std::nth_element(sizes.begin(), sizes.begin() + matrix.rows / 2, sizes.end());
    const double median = sizes[matrix.rows / 2];
    for (size_t r = 0; r < matrix.rows; ++r) {
      const double want = Number(lines[r + 1][c]);
      EXPECT_NEAR(matrix.Row(r)[c], want, 1e-9 * std::max(std::abs(want), median))
          << names[c] << ", row " << r;
    }
  }
}

// The golden slice must exercise every column, or agreement would say nothing.
TEST(StationaryV1Test, GoldenSliceMovesEveryColumn) {
  FeatureMatrix matrix;
  ASSERT_OK(DefaultFeatureSet().Build(GoldenCandles(), matrix));
  for (size_t c = 0; c < matrix.columns; ++c) {
    std::set<double> values;
    for (size_t r = 0; r < matrix.rows; ++r) values.insert(matrix.Row(r)[c]);
    EXPECT_GE(values.size(), 2u) << DefaultFeatureSet().columns()[c].name;
  }
}

// Fails when a definition changes. That needs a new name, not a new hash here: models in use were
// trained on this one.
TEST(StationaryV1Test, HashIsPinned) {
  const StationaryV1 set;
  EXPECT_THAT(set.canonical_text(), StartsWith("stationary-v1\nconvention=engine\nmemory=50\n"
                                               "return_1:log(close/close[-1])/"));
  EXPECT_EQ(set.hash(), base::Sha256Hex(set.canonical_text()));
  EXPECT_EQ(set.hash(), "fd4dde49f46083cb92daed5c8d1e18616b7202ed1dbec0457f37a07aed96066b");
}

TEST(StationaryV1Test, SixtyRowsFitInto120Candles) {
  EXPECT_EQ(DefaultFeatureSet().memory(), 50u);
  EXPECT_EQ(DefaultFeatureSet().CandlesNeeded(60), 109u);
}

// London changes on the last Sundays of March and October, New York on the second of March and the
// first of November; in between they are four hours apart, not five.
TEST(StationaryV1Test, HoursFollowDaylightSaving) {
  struct Case {
    const char* time;
    double london;
    double new_york;
  };
  constexpr Case kCases[] = {
      {"2015-01-14T12:00:00Z", 12, 7},  // winter in both
      {"2015-03-08T06:00:00Z", 6, 1},   // the last hour before New York changes
      {"2015-03-08T07:00:00Z", 7, 3},   // the first after it
      {"2015-03-18T12:00:00Z", 12, 8},  // summer in New York only
      {"2015-03-29T00:00:00Z", 0, 20},  // the last hour before London changes
      {"2015-03-29T01:00:00Z", 2, 21},  // the first after it
      {"2015-07-15T12:00:00Z", 13, 8},  // summer in both
      {"2015-10-25T00:00:00Z", 1, 20},  // the last hour before London changes back
      {"2015-10-25T01:00:00Z", 1, 21},  // the first after it: the same local hour again
      {"2015-10-28T12:00:00Z", 12, 8},  // summer in New York only
      {"2015-11-01T05:00:00Z", 5, 1},   // the last hour before New York changes back
      {"2015-11-01T06:00:00Z", 6, 1},   // the first after it
      {"2015-11-01T07:00:00Z", 7, 2},  {"2015-11-04T12:30:00Z", 12.5, 7.5},
      {"2044-07-13T12:00:00Z", 13, 8},  // beyond the listed transitions
  };
  for (const Case& c : kCases) {
    EXPECT_NEAR(HourAt(c.time, "london"), c.london, 1e-9) << c.time;
    EXPECT_NEAR(HourAt(c.time, "new_york"), c.new_york, 1e-9) << c.time;
  }
}

TEST(StationaryV1Test, WeekdayIsThatOfNewYork) {
  const double monday_cosine = ValueAt(EndingAt("2015-07-13T04:00:00Z"), "weekday_cos");
  EXPECT_EQ(monday_cosine, 1.0);
  EXPECT_EQ(ValueAt(EndingAt("2015-07-13T04:00:00Z"), "weekday_sin"), 0.0);
  // An hour earlier it is Sunday there: one seventh of a turn before Monday.
  EXPECT_NEAR(ValueAt(EndingAt("2015-07-13T03:00:00Z"), "weekday_sin"), -0.7818314825, 1e-9);
  EXPECT_NEAR(ValueAt(EndingAt("2015-07-13T03:00:00Z"), "weekday_cos"), 0.6234898019, 1e-9);
}

TEST(StationaryV1Test, AfterBreakMarksTheFirstCandleOfTheWeek) {
  std::vector<market::Candle> candles = EndingAt("2015-07-10T20:00:00Z");
  EXPECT_EQ(ValueAt(candles, "after_break"), 0.0);
  market::Candle sunday = candles.back();
  sunday.open_time = Utc("2015-07-12T21:00:00Z");
  candles.push_back(sunday);
  EXPECT_EQ(ValueAt(candles, "after_break"), 1.0);
  sunday.open_time += absl::Hours(1);
  candles.push_back(sunday);
  EXPECT_EQ(ValueAt(candles, "after_break"), 0.0);
}

TEST(StationaryV1Test, SteadyRiseIsAtTheTopOfEveryRange) {
  std::vector<market::Candle> candles = FlatCandles(80, 1.0);
  for (size_t i = 0; i < candles.size(); ++i) {
    market::Candle& candle = candles[i];
    candle.open = candle.low = 1.0 + 0.001 * static_cast<double>(i);
    candle.close = candle.high = candle.open + 0.001;
  }
  EXPECT_NEAR(ValueAt(candles, "rsi_14"), 1.0, 1e-12);
  EXPECT_NEAR(ValueAt(candles, "stochastic_14"), 1.0, 1e-12);
  EXPECT_NEAR(ValueAt(candles, "body"), 1.0, 1e-9);
  EXPECT_NEAR(ValueAt(candles, "range"), 1.0, 1e-9);
  EXPECT_NEAR(ValueAt(candles, "gap"), 0.0, 1e-9);
  EXPECT_NEAR(ValueAt(candles, "atr_14_against_48"), 0.0, 1e-9);
  EXPECT_NEAR(ValueAt(candles, "sma_distance_5"), 2.0, 1e-9);
  EXPECT_EQ(ValueAt(candles, "sma_distance_50"), 10.0) << "24.5 average true ranges, limited";
}

}  // namespace
}  // namespace aifx::features
