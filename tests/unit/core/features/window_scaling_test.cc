#include "core/features/window_scaling.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "tests/support/status_matchers.h"
#include "tests/unit/core/features/candle_series.h"
#include "tests/unit/core/features/golden_csv.h"

namespace aifx::features {
namespace {

constexpr size_t kSequence = 60;

// tests/golden/features/make_window_zscore.py computed them with NumPy.
TEST(WindowScalingTest, AgreesWithNumPy) {
  std::vector<std::vector<double>> candles;
  const auto lines = ReadGoldenCsv("technical_candles.csv");
  for (size_t i = 1; i < lines.size(); ++i) {
    for (size_t c = 1; c <= 5; ++c) {
      if (c == 1) candles.emplace_back();
      candles.back().push_back(std::stod(lines[i][c]));
    }
  }
  const auto expected = ReadGoldenCsv("window_zscore_expected.csv");
  ASSERT_EQ(expected.size(), 3 * kSequence + 1);
  for (size_t first = 1; first < expected.size(); first += kSequence) {
    const size_t last_row = std::stoul(expected[first][0]);
    std::vector<double> window;
    for (size_t r = last_row + 1 - kSequence; r <= last_row; ++r) {
      window.insert(window.end(), candles[r].begin(), candles[r].end());
    }
    ScaleWindow(WindowScaling::kZScore, 5, absl::MakeSpan(window));
    for (size_t i = 0; i < window.size(); ++i) {
      const double want = std::stod(expected[first + i / 5][1 + i % 5]);
      EXPECT_NEAR(window[i], want, 1e-9) << "window of " << last_row << ", value " << i;
    }
  }
}

TEST(WindowScalingTest, AColumnThatStandsStillIsZero) {
  std::vector<double> window;
  for (int row = 0; row < 7; ++row) window.insert(window.end(), {1.1, 0.3 * row});
  ScaleWindow(WindowScaling::kZScore, 2, absl::MakeSpan(window));
  for (size_t i = 0; i < window.size(); i += 2) EXPECT_EQ(window[i], 0);
  EXPECT_NEAR(window[1], -1.5, 1e-7);
  EXPECT_NEAR(window[13], 1.5, 1e-7);
}

TEST(WindowScalingTest, NoneChangesNothing) {
  std::vector<double> window = {1, 2, 3, 4};
  ScaleWindow(WindowScaling::kNone, 2, absl::MakeSpan(window));
  EXPECT_EQ(window, (std::vector<double>{1, 2, 3, 4}));
}

// Released sets but raw-ohlcv leave scaling to the model.
TEST(WindowScalingTest, OnlyRawPricesAreScaledByWindow) {
  for (const char* name : {"stationary-v1", "stationary-v2", "v3.2", "v3.2-talib"}) {
    EXPECT_EQ((*FindFeatureSet(name))->window_scaling(), WindowScaling::kNone) << name;
  }
  EXPECT_EQ((*FindFeatureSet("raw-ohlcv"))->window_scaling(), WindowScaling::kZScore);
}

}  // namespace
}  // namespace aifx::features
