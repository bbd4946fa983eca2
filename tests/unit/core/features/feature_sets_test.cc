// What every registered feature set must keep: no look into the future, finite memory, no NaN.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "core/features/registry.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/features/candle_series.h"

namespace aifx::features {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class FeatureSetTest : public ::testing::TestWithParam<const FeatureSet*> {
 protected:
  const FeatureSet& set() const { return *GetParam(); }

  FeatureMatrix Build(absl::Span<const market::Candle> candles) const {
    FeatureMatrix matrix;
    EXPECT_OK(set().Build(candles, matrix));
    EXPECT_EQ(matrix.rows, candles.size() - (set().memory() - 1));
    EXPECT_EQ(matrix.columns, set().columns().size());
    EXPECT_EQ(matrix.values.size(), matrix.rows * matrix.columns);
    return matrix;
  }

  // Bit for bit, so that not even a rounding error of what lies outside the window gets in.
  void ExpectSameBits(absl::Span<const double> got, absl::Span<const double> want,
                      absl::string_view where) const {
    ASSERT_EQ(got.size(), want.size());
    for (size_t c = 0; c < got.size(); ++c) {
      EXPECT_EQ(std::memcmp(&got[c], &want[c], sizeof(double)), 0)
          << where << ", column " << set().columns()[c].name << ": " << got[c] << " and "
          << want[c];
    }
  }
};

TEST_P(FeatureSetTest, RemovingLaterCandlesChangesNothing) {
  const std::vector<market::Candle> candles = RandomCandles(900, 1);
  const FeatureMatrix whole = Build(candles);
  for (size_t count = set().memory(); count <= candles.size(); count += 7) {
    const FeatureMatrix part = Build(absl::MakeConstSpan(candles).first(count));
    for (size_t r = 0; r < part.rows; ++r) {
      ExpectSameBits(part.Row(r), whole.Row(r), absl::StrCat("row ", r, " of ", count));
    }
    if (HasFailure()) return;
  }
}

TEST_P(FeatureSetTest, ReplacingLaterCandlesChangesNothing) {
  std::vector<market::Candle> candles = RandomCandles(400, 2);
  const FeatureMatrix before = Build(candles);
  const size_t last_row = 250 - set().memory();
  const std::vector<market::Candle> others = RandomCandles(400, 3, 150, 1e-3);
  for (size_t i = 250; i < candles.size(); ++i) {
    const absl::Time open_time = candles[i].open_time;
    candles[i] = others[i];
    candles[i].open_time = open_time;
  }
  const FeatureMatrix after = Build(candles);
  for (size_t r = 0; r <= last_row; ++r) {
    ExpectSameBits(after.Row(r), before.Row(r), absl::StrCat("row ", r));
  }
}

TEST_P(FeatureSetTest, NewestRowNeedsNoMoreThanItsMemory) {
  const std::vector<market::Candle> candles = RandomCandles(1500, 4);
  const FeatureMatrix whole = Build(candles);
  for (size_t r = 0; r < whole.rows; ++r) {
    const FeatureMatrix one = Build(absl::MakeConstSpan(candles).subspan(r, set().memory()));
    ASSERT_EQ(one.rows, 1u);
    ExpectSameBits(one.Row(0), whole.Row(r), absl::StrCat("row ", r));
    if (HasFailure()) return;
  }
}

TEST_P(FeatureSetTest, OlderCandlesOfAnyKindChangeNothing) {
  const std::vector<market::Candle> candles = RandomCandles(300, 5);
  const FeatureMatrix alone = Build(candles);
  std::vector<market::Candle> longer = RandomCandles(1111, 6, 1e6, 1);
  const absl::Duration shift = candles.front().open_time - absl::Hours(1) - longer.back().open_time;
  for (market::Candle& candle : longer) candle.open_time += shift;
  longer.insert(longer.end(), candles.begin(), candles.end());
  const FeatureMatrix with_history = Build(longer);
  for (size_t r = 0; r < alone.rows; ++r) {
    ExpectSameBits(with_history.Row(r + 1111), alone.Row(r), absl::StrCat("row ", r));
  }
}

TEST_P(FeatureSetTest, MemoryIsNotOverstated) {
  std::vector<market::Candle> candles = RandomCandles(set().memory(), 7);
  const FeatureMatrix before = Build(candles);
  for (double* price : {&candles[0].open, &candles[0].high, &candles[0].low, &candles[0].close}) {
    *price *= 1.01;
  }
  EXPECT_NE(Build(candles).values, before.values) << "the oldest candle has no influence";
}

TEST_P(FeatureSetTest, StaysFiniteThroughGapsSpikesAndFlatStretches) {
  for (uint64_t seed = 10; seed < 40; ++seed) {
    for (const double price : {1.1, 1e-4, 150.0, 1e6}) {
      const FeatureMatrix matrix = Build(RandomCandles(2000, seed, price, price * 1e-5));
      for (const double value : matrix.values) {
        ASSERT_TRUE(std::isfinite(value)) << "seed " << seed;
        ASSERT_LE(std::abs(value), 14.0 + 1e-9) << "seed " << seed;
      }
    }
  }
}

TEST_P(FeatureSetTest, StaysFiniteAtTheEndsOfDoubles) {
  constexpr double kSmallest = std::numeric_limits<double>::denorm_min();
  for (const double price : {kSmallest, 1e-310, 1e300}) {
    std::vector<market::Candle> candles = FlatCandles(120, price);
    for (size_t i = 60; i < candles.size(); i += 3) {
      candles[i].high = candles[i].close = price + std::max(kSmallest, price * 1e-16);
      candles[i].high *= 2;
    }
    Build(candles);
  }
}

TEST_P(FeatureSetTest, FlatPricesGiveTheSameFiniteRowsAtEveryLevel) {
  const FeatureMatrix ones = Build(FlatCandles(200, 1.0));
  for (const double price : {1.1, 0.3, 150.123, 1e-3}) {
    EXPECT_EQ(Build(FlatCandles(200, price)).values, ones.values) << price;
  }
  for (size_t c = 0; c < ones.columns; ++c) {
    if (set().columns()[c].kind != ColumnKind::kPrice) continue;
    for (size_t r = 0; r < ones.rows; ++r) {
      ASSERT_EQ(ones.Row(r)[c], 0.0) << set().columns()[c].name;
    }
  }
}

TEST_P(FeatureSetTest, DoesNotDependOnThePriceLevel) {
  const std::vector<market::Candle> candles = RandomCandles(600, 8);
  const FeatureMatrix before = Build(candles);
  for (const double factor : {2.0, 137.5, 1e-3}) {
    std::vector<market::Candle> scaled = candles;
    for (market::Candle& candle : scaled) {
      for (double* price : {&candle.open, &candle.high, &candle.low, &candle.close}) {
        *price *= factor;
      }
    }
    const FeatureMatrix after = Build(scaled);
    for (size_t i = 0; i < before.values.size(); ++i) {
      ASSERT_NEAR(after.values[i], before.values[i], 1e-8)
          << set().columns()[i % before.columns].name << ", factor " << factor;
    }
  }
}

TEST_P(FeatureSetTest, TooFewCandlesIsAnErrorWithBothNumbers) {
  FeatureMatrix matrix;
  const std::vector<market::Candle> candles = FlatCandles(set().memory() - 1, 1.1);
  EXPECT_THAT(set().Build(candles, matrix),
              testing::StatusIs(absl::StatusCode::kFailedPrecondition,
                                AllOf(HasSubstr(absl::StrCat("needs ", set().memory())),
                                      HasSubstr(absl::StrCat(set().memory() - 1, " came")))));
  EXPECT_THAT(set().Build({}, matrix),
              testing::StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("0 came")));
}

TEST_P(FeatureSetTest, ValuesThatAreNotFiniteAreAnErrorThatNamesColumnAndCandle) {
  FeatureMatrix matrix;
  std::vector<market::Candle> candles = RandomCandles(700, 9);
  candles[555].close = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT(set().Build(candles, matrix),
              testing::StatusIs(absl::StatusCode::kInternal,
                                AllOf(HasSubstr(absl::StrCat("column ", set().columns()[0].name)),
                                      HasSubstr("candles[555] is nan"))));
}

TEST_P(FeatureSetTest, ReusesTheMatrix) {
  FeatureMatrix matrix;
  const std::vector<market::Candle> candles = RandomCandles(500, 11);
  ASSERT_OK(set().Build(candles, matrix));
  const double* const memory = matrix.values.data();
  ASSERT_OK(set().Build(absl::MakeConstSpan(candles).first(100), matrix));
  EXPECT_EQ(matrix.rows, 101 - set().memory());
  ASSERT_OK(set().Build(candles, matrix));
  EXPECT_EQ(matrix.values.data(), memory);
}

TEST_P(FeatureSetTest, IsFoundByItsName) {
  ASSERT_OK_AND_ASSIGN(const FeatureSet* found, FindFeatureSet(set().name()));
  EXPECT_EQ(found, &set());
  EXPECT_EQ(set().hash().size(), 64u);
}

std::string TestName(const ::testing::TestParamInfo<const FeatureSet*>& info) {
  return absl::StrReplaceAll(info.param->name(), {{"-", "_"}});
}
INSTANTIATE_TEST_SUITE_P(All, FeatureSetTest,
                         ::testing::ValuesIn(AllFeatureSets().begin(), AllFeatureSets().end()),
                         TestName);

TEST(RegistryTest, UnknownNameListsWhatThereIs) {
  EXPECT_THAT(FindFeatureSet("stationary-v0"),
              testing::StatusIs(absl::StatusCode::kNotFound,
                                AllOf(HasSubstr("stationary-v0"), HasSubstr("stationary-v1"))));
  EXPECT_EQ(DefaultFeatureSet().name(), "stationary-v1");
}

}  // namespace
}  // namespace aifx::features
