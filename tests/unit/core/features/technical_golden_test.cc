// The technical indicators beside pandas (reference) and TA-Lib (talib).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/features/candle_series.h"
#include "tests/unit/core/features/every_set.h"
#include "tests/unit/core/features/golden_csv.h"

namespace aifx::features {
namespace {

constexpr size_t kRows = 240;

double Number(const std::string& text) {
  double number = 0;
  EXPECT_TRUE(absl::SimpleAtod(text, &number)) << text;
  return number;
}

std::vector<market::Candle> GoldenCandles() {
  std::vector<market::Candle> candles;
  const auto lines = ReadGoldenCsv("technical_candles.csv");
  for (size_t i = 1; i < lines.size(); ++i) {
    market::Candle candle;
    candle.open_time = Utc(lines[i][0]);
    candle.open = Number(lines[i][1]);
    candle.high = Number(lines[i][2]);
    candle.low = Number(lines[i][3]);
    candle.close = Number(lines[i][4]);
    candle.volume = Number(lines[i][5]);
    candles.push_back(candle);
  }
  return candles;
}

// The columns of a golden file; NaN where a cell is empty.
std::map<std::string, std::vector<double>> GoldenColumns(const std::string& name) {
  std::map<std::string, std::vector<double>> columns;
  const auto lines = ReadGoldenCsv(name);
  for (size_t c = 0; c < lines[0].size(); ++c) {
    std::vector<double>& values = columns[lines[0][c]];
    for (size_t r = 1; r < lines.size(); ++r) {
      values.push_back(lines[r][c].empty() ? kNan : Number(lines[r][c]));
    }
  }
  return columns;
}

// Every row from the very first, as one column of its own: NaN during its warm-up.
std::vector<double> ColumnFrom(const std::string& name, Convention convention) {
  const std::unique_ptr<TechnicalSet> set = TechnicalSet::Make("one", convention, {name}).value();
  FeatureColumns columns;
  EXPECT_OK(set->ComputeColumns(GoldenCandles(), columns));
  std::vector<double> values(set->warm_up(), kNan);
  values.insert(values.end(), columns.values.begin(), columns.values.end());
  return values;
}

void ExpectEqual(const std::string& name, const std::vector<double>& got,
                 const std::vector<double>& want) {
  ASSERT_EQ(got.size(), kRows);
  ASSERT_EQ(want.size(), kRows);
  std::vector<double> sizes;
  for (const double value : want) {
    if (!std::isnan(value)) sizes.push_back(std::abs(value));
  }
  ASSERT_FALSE(sizes.empty()) << name;
  std::sort(sizes.begin(), sizes.end());
  EXPECT_LT(sizes.front(), sizes.back()) << name << " never moves: it shows nothing";
  const double median = sizes[sizes.size() / 2];
  const double tolerance = name == "bb_width_20" ? 1e-6 : 1e-9;
  for (size_t r = 0; r < kRows; ++r) {
    ASSERT_EQ(std::isnan(got[r]), std::isnan(want[r])) << name << ", row " << r;
    if (std::isnan(want[r])) continue;
    ASSERT_NEAR(got[r], want[r], tolerance * std::max(std::abs(want[r]), median))
        << name << ", row " << r;
  }
}

TEST(TechnicalGoldenTest, EveryColumnAgreesWithPandasFromItsFirstRowOn) {
  const auto golden = GoldenColumns("technical_reference.csv");
  for (const std::string& name : EveryColumnName(Convention::kReference)) {
    ASSERT_EQ(golden.count(name), 1u) << name << " is missing in make_technical.py";
    ExpectEqual(name, ColumnFrom(name, Convention::kReference), golden.at(name));
  }
}

TEST(TechnicalGoldenTest, EveryColumnOfTaLibAgreesFromItsFirstRowOn) {
  const auto golden = GoldenColumns("technical_talib.csv");
  for (const auto& [name, want] : golden) {
    ExpectEqual(name, ColumnFrom(name, Convention::kTaLib), want);
  }
}

// What TA-Lib's file lacks must mean the same in both conventions.
TEST(TechnicalGoldenTest, EveryColumnThatDiffersIsInTaLibsFile) {
  const auto golden = GoldenColumns("technical_talib.csv");
  for (const IndicatorFamily* family : families::All()) {
    const auto reference = family->columns(Convention::kReference);
    const auto talib = family->columns(Convention::kTaLib);
    for (size_t k = 0; k < reference.size(); ++k) {
      if (reference[k].formula == talib[k].formula) continue;
      EXPECT_EQ(golden.count(reference[k].column.name), 1u) << reference[k].column.name;
    }
  }
}

double FlatValue(const std::string& name, Convention convention) {
  const std::unique_ptr<TechnicalSet> set = TechnicalSet::Make("one", convention, {name}).value();
  FeatureColumns columns;
  EXPECT_OK(set->ComputeColumns(FlatCandles(300, 1.1), columns));
  return columns.values.back();
}

TEST(TechnicalTest, FlatPricesAreUndefinedInPandasAndZeroInTaLib) {
  for (const char* name :
       {"rsi_14", "rsi_28", "stoch_k", "stoch_d", "williams_r_14", "cci_20", "adx_14"}) {
    EXPECT_TRUE(std::isnan(FlatValue(name, Convention::kReference))) << name;
    EXPECT_EQ(FlatValue(name, Convention::kTaLib), 0) << name;
  }
  for (const char* name : {"returns", "log_returns", "bb_width_20", "atr_14", "momentum_20",
                           "volatility_10", "volatility_20", "volatility_30", "roc_12"}) {
    EXPECT_EQ(FlatValue(name, Convention::kReference), 0) << name;
    EXPECT_EQ(FlatValue(name, Convention::kTaLib), 0) << name;
  }
  EXPECT_NEAR(FlatValue("macd", Convention::kReference), 0, 1e-15);
}

TEST(TechnicalTest, OnlyRisesGiveAnRsiOfExactlyAHundred) {
  std::vector<market::Candle> candles = FlatCandles(100, 1.1);
  for (size_t i = 0; i < candles.size(); ++i) {
    candles[i].close = candles[i].high = 1.1 + 0.0001 * static_cast<double>(i * i);
  }
  for (const Convention convention : {Convention::kReference, Convention::kTaLib}) {
    const auto set = TechnicalSet::Make("one", convention, {"rsi_14", "rsi_28"}).value();
    FeatureMatrix matrix;
    ASSERT_OK(set->Build(candles, matrix));
    for (const double value : matrix.values) EXPECT_EQ(value, 100);
  }
}

TEST(TechnicalTest, MissingVolumeIsAnErrorThatNamesTheColumn) {
  std::vector<market::Candle> candles = LivelyCandles(300, 3);
  candles[250].volume.reset();
  ASSERT_OK_AND_ASSIGN(const FeatureSet* set, FindFeatureSet("v3.2"));
  FeatureMatrix matrix;
  EXPECT_THAT(set->Build(candles, matrix),
              testing::StatusIs(absl::StatusCode::kInternal,
                                ::testing::HasSubstr("column volume at candles[250] is nan")));
  // It leaves every window again: there is no running sum that it could stay in.
  ASSERT_OK(set->Compute(candles, matrix));
  for (const double value : matrix.Row(matrix.rows - 1)) EXPECT_TRUE(std::isfinite(value));
}

}  // namespace
}  // namespace aifx::features
