#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "core/features/rolling_extreme.h"
#include "core/features/rolling_sum.h"
#include "core/features/rolling_variance.h"

namespace aifx::features {
namespace {

std::vector<double> RandomValues(size_t count, double level) {
  std::mt19937_64 bits(17);
  std::vector<double> values(count);
  for (double& value : values) value = level + static_cast<double>(bits() >> 11) * 0x1p-53;
  return values;
}

TEST(RollingTest, SumsAndMeansOfEveryLength) {
  const std::vector<double> values = RandomValues(200, 3);
  for (size_t length = 1; length <= WindowSums::kLongest; ++length) {
    WindowSums sums;
    sums.Assign(values, length);
    Series sum, mean;
    sums.Sum(length, length - 1, absl::MakeSpan(sum));
    sums.Mean(length, length - 1, absl::MakeSpan(mean));
    for (size_t i = length - 1; i < values.size(); ++i) {
      long double want = 0;
      for (size_t j = i + 1 - length; j <= i; ++j) want += values[j];
      ASSERT_NEAR(sum[i], static_cast<double>(want), 1e-13 * sum[i]) << length << " at " << i;
      ASSERT_NEAR(mean[i], static_cast<double>(want / length), 1e-13 * mean[i]);
    }
  }
}

TEST(RollingTest, ExtremesOfEveryLength) {
  const std::vector<double> values = RandomValues(150, -0.5);
  for (size_t length = 1; length <= 70; ++length) {
    Series largest, smallest;
    RollingMax(values, length, length - 1, absl::MakeSpan(largest));
    RollingMin(values, length, length - 1, absl::MakeSpan(smallest));
    for (size_t i = length - 1; i < values.size(); ++i) {
      const auto window = values.begin() + static_cast<std::ptrdiff_t>(i + 1 - length);
      const auto end = values.begin() + static_cast<std::ptrdiff_t>(i + 1);
      ASSERT_EQ(largest[i], *std::max_element(window, end)) << length << " at " << i;
      ASSERT_EQ(smallest[i], *std::min_element(window, end)) << length << " at " << i;
    }
  }
}

// At a level of 1e6 mean(x^2) - mean(x)^2 would keep four digits.
TEST(RollingTest, VarianceOfEveryLengthKeepsItsDigitsFarFromZero) {
  for (const double level : {0.0, 1e6}) {
    const std::vector<double> values = RandomValues(150, level);
    for (size_t length = 2; length <= WindowSums::kLongest; ++length) {
      WindowSums sums;
      sums.Assign(values, length);
      Series variance;
      RollingVariance(sums, length, length - 1, absl::MakeSpan(variance));
      for (size_t i = length - 1; i < values.size(); ++i) {
        long double mean = 0, squares = 0;
        for (size_t j = i + 1 - length; j <= i; ++j) mean += values[j];
        mean /= length;
        for (size_t j = i + 1 - length; j <= i; ++j) {
          squares += (values[j] - mean) * (values[j] - mean);
        }
        const double want = static_cast<double>(squares / (length - 1));
        ASSERT_NEAR(variance[i], want, (level == 0 ? 1e-13 : 1e-7) * want) << length << " at " << i;
      }
    }
  }
}

TEST(RollingTest, VarianceOfEqualValuesIsExactlyZero) {
  for (const double value : {0.1, 1.1, 150.123, 1e-7}) {
    const std::vector<double> values(100, value);
    for (const size_t length : {2, 5, 10, 20, 48}) {
      WindowSums sums;
      sums.Assign(values, length);
      Series variance;
      RollingVariance(sums, length, length - 1, absl::MakeSpan(variance));
      for (size_t i = length - 1; i < values.size(); ++i) ASSERT_EQ(variance[i], 0.0) << length;
    }
  }
}

}  // namespace
}  // namespace aifx::features
