// What every feature set and every indicator must keep beside causality: the same rows in bulk and
// one at a time, the declared answer to another price level, errors that say what is wrong.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <iterator>
#include <limits>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/unit/core/features/feature_set_fixture.h"

namespace aifx::features {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST_P(FeatureSetTest, OneAtATimeEqualsBulkAtEveryRow) {
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<FeatureStream> stream, set().NewStream());
  for (const uint64_t seed : {20, 21}) {
    const std::vector<market::Candle> candles = RandomCandles(3000, seed);
    ExpectBulkRows(*stream, candles, ContextCandles::Of(candles));
    if (HasFailure()) return;
    stream->Restart();
  }
}

TEST_P(FeatureSetTest, ColumnsEqualRows) {
  for (const size_t count : {set().warm_up() + 1, set().warm_up() + 700}) {
    const std::vector<market::Candle> candles = RandomCandles(count, 22);
    const FeatureMatrix rows = Compute(candles);
    FeatureColumns columns;
    const ContextCandles context = ContextCandles::Of(candles);
    const std::vector<ContextSeries> series = context.Series();
    ASSERT_OK(set().ComputeColumns({candles, nullptr, series}, columns));
    ASSERT_EQ(columns.rows, rows.rows);
    ASSERT_EQ(columns.columns, rows.columns);
    for (size_t r = 0; r < rows.rows; ++r) {
      std::vector<double> row;
      for (size_t c = 0; c < columns.columns; ++c) row.push_back(columns.Column(c)[r]);
      ExpectSameBits(row, rows.Row(r), absl::StrCat("row ", r, " of ", count));
    }
  }
}

TEST_P(TechnicalSetTest, UndefinedIsNanAndNeverInfinite) {
  for (uint64_t seed = 10; seed < 20; ++seed) {
    const FeatureMatrix matrix = Compute(RandomCandles(2000, seed));
    for (const double value : matrix.values) {
      ASSERT_FALSE(std::isinf(value)) << "seed " << seed;
      ASSERT_FALSE(std::isnan(value) && set().convention() == Convention::kTaLib) << seed;
    }
  }
}

// Prices and factors with few digits, so that what is equal stays equal.
TEST_P(FeatureSetTest, AnswersToAScaledPriceAsDeclared) {
  const std::vector<market::Candle> candles = RandomCandles(600, 8, 1.125, 0x1p-17);
  const FeatureMatrix before = Compute(candles);
  for (const double factor : {2.0, 137.5, 1.0 / 1024}) {
    std::vector<market::Candle> scaled = candles;
    for (market::Candle& candle : scaled) {
      for (double* price : {&candle.open, &candle.high, &candle.low, &candle.close}) {
        *price *= factor;
      }
    }
    FeatureMatrix want = before;
    for (size_t i = 0; i < want.values.size(); ++i) {
      const Column& column = set().columns()[i % want.columns];
      if (column.scaling == PriceScaling::kProportional) want.values[i] *= factor;
    }
    const FeatureMatrix after = Compute(scaled);
    const std::vector<double> medians = Medians(want);
    for (size_t r = 0; r < after.rows; ++r) {
      ExpectClose(after.Row(r), want.Row(r), medians, 1e-8, absl::StrCat("row ", r, " x ", factor));
    }
  }
}

TEST_P(FeatureSetTest, AnswersToAShiftedPriceAsDeclared) {
  const std::vector<market::Candle> candles = RandomCandles(600, 8, 1.125, 0x1p-17);
  FeatureMatrix want = Compute(candles);
  const double shift = 0.875;
  std::vector<market::Candle> shifted = candles;
  for (market::Candle& candle : shifted) {
    for (double* price : {&candle.open, &candle.high, &candle.low, &candle.close}) *price += shift;
  }
  FeatureMatrix after = Compute(shifted);
  for (size_t i = 0; i < want.values.size(); ++i) {
    const Column& column = set().columns()[i % want.columns];
    if (column.shift == PriceShift::kFollows) want.values[i] += shift;
    if (column.shift == PriceShift::kNone) want.values[i] = after.values[i] = 0;
  }
  const std::vector<double> medians = Medians(want);
  for (size_t r = 0; r < after.rows; ++r) {
    ExpectClose(after.Row(r), want.Row(r), medians, 1e-8, absl::StrCat("row ", r));
  }
}

TEST_P(StationarySetTest, StaysFiniteThroughGapsSpikesAndFlatStretches) {
  for (uint64_t seed = 10; seed < 40; ++seed) {
    for (const double price : {1.1, 1e-4, 150.0, 1e6}) {
      const FeatureMatrix matrix = Compute(RandomCandles(2000, seed, price, price * 1e-5));
      for (const double value : matrix.values) {
        ASSERT_TRUE(std::isfinite(value)) << "seed " << seed;
        ASSERT_LE(std::abs(value), 14.0 + 1e-9) << "seed " << seed;
      }
    }
  }
}

TEST_P(StationarySetTest, StaysFiniteAtTheEndsOfDoubles) {
  constexpr double kSmallest = std::numeric_limits<double>::denorm_min();
  for (const double price : {kSmallest, 1e-310, 1e300}) {
    std::vector<market::Candle> candles = FlatCandles(120, price);
    for (size_t i = 60; i < candles.size(); i += 3) {
      candles[i].high = candles[i].close = price + std::max(kSmallest, price * 1e-16);
      candles[i].high *= 2;
    }
    Compute(candles);
  }
}

TEST_P(StationarySetTest, FlatPricesGiveTheSameFiniteRowsAtEveryLevel) {
  const FeatureMatrix ones = Compute(FlatCandles(200, 1.0));
  for (const double price : {1.1, 0.3, 150.123, 1e-3}) {
    EXPECT_EQ(Compute(FlatCandles(200, price)).values, ones.values) << price;
  }
  for (size_t c = 0; c < ones.columns; ++c) {
    if (set().columns()[c].kind != ColumnKind::kPrice) continue;
    if (absl::StartsWith(set().columns()[c].name, "has_")) continue;
    for (size_t r = 0; r < ones.rows; ++r) {
      ASSERT_EQ(ones.Row(r)[c], 0.0) << set().columns()[c].name;
    }
  }
}

TEST_P(FeatureSetTest, TooFewCandlesIsAnErrorWithBothNumbers) {
  FeatureMatrix matrix;
  const std::vector<market::Candle> candles = FlatCandles(set().warm_up(), 1.1);
  EXPECT_THAT(set().Build(candles, matrix),
              testing::StatusIs(absl::StatusCode::kFailedPrecondition,
                                AllOf(HasSubstr(absl::StrCat("needs ", set().warm_up() + 1)),
                                      HasSubstr(absl::StrCat(set().warm_up(), " came")))));
  EXPECT_THAT(set().Build({}, matrix),
              testing::StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("0 came")));
}

TEST_P(CheckedSetTest, ValuesThatAreNotFiniteAreAnErrorThatNamesColumnAndCandle) {
  FeatureMatrix matrix;
  std::vector<market::Candle> candles = LivelyCandles(700, 9);
  market::Candle& broken = candles[555];
  broken.open = broken.high = broken.low = broken.close = kNan;
  broken.volume.reset();
  EXPECT_THAT(Build(candles, matrix),
              testing::StatusIs(absl::StatusCode::kInternal,
                                AllOf(HasSubstr(absl::StrCat("column ", set().columns()[0].name)),
                                      HasSubstr("candles[555] is nan"))));
}

TEST_P(FeatureSetTest, ReusesTheMatrix) {
  FeatureMatrix matrix;
  const std::vector<market::Candle> candles = LivelyCandles(500, 11);
  ASSERT_OK(Build(candles, matrix));
  const double* const memory = matrix.values.data();
  ASSERT_OK(Build(absl::MakeConstSpan(candles).first(set().warm_up() + 50), matrix));
  EXPECT_EQ(matrix.rows, 50u);
  ASSERT_OK(Build(candles, matrix));
  EXPECT_EQ(matrix.values.data(), memory);
}

// The tests of feature_set_leaks_test.cc run over these too.
std::string TestName(const ::testing::TestParamInfo<const FeatureSet*>& info) {
  return absl::StrReplaceAll(info.param->name(), {{"-", "_"}, {".", "_"}});
}

template <typename Predicate>
auto SetsThat(Predicate predicate) {
  std::vector<const FeatureSet*> sets;
  std::copy_if(EverySetAndColumn().begin(), EverySetAndColumn().end(), std::back_inserter(sets),
               predicate);
  return ::testing::ValuesIn(sets);
}

bool IsRecursive(const FeatureSet* set) { return set->recursive(); }
bool IsFiniteAndPriced(const FeatureSet* set) {
  return !set->recursive() &&
         std::any_of(set->columns().begin(), set->columns().end(),
                     [](const Column& c) { return c.kind != ColumnKind::kTime; });
}
bool IsEngineColumn(const FeatureSet* set) {
  return set->convention() == Convention::kEngine && set->columns().size() == 1;
}
bool IsWithContext(const FeatureSet* set) {
  return !set->ContextPairs(*market::CurrencyPair::Parse("EUR/GBP")).empty();
}
bool IsStationary(const FeatureSet* set) { return absl::StartsWith(set->name(), "stationary-"); }

INSTANTIATE_TEST_SUITE_P(All, FeatureSetTest, ::testing::ValuesIn(EverySetAndColumn()), TestName);
INSTANTIATE_TEST_SUITE_P(All, FiniteSetTest, SetsThat(std::not_fn(IsRecursive)), TestName);
INSTANTIATE_TEST_SUITE_P(All, PricedSetTest, SetsThat(IsFiniteAndPriced), TestName);
INSTANTIATE_TEST_SUITE_P(All, CheckedSetTest, SetsThat(std::not_fn(IsEngineColumn)), TestName);
INSTANTIATE_TEST_SUITE_P(All, RecursiveSetTest, SetsThat(IsRecursive), TestName);
INSTANTIATE_TEST_SUITE_P(All, ContextSetTest, SetsThat(IsWithContext), TestName);
INSTANTIATE_TEST_SUITE_P(All, StationarySetTest, SetsThat(IsStationary), TestName);
INSTANTIATE_TEST_SUITE_P(All, TechnicalSetTest, SetsThat(std::not_fn(IsStationary)), TestName);

}  // namespace
}  // namespace aifx::features
