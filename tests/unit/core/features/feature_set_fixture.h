#ifndef AIFX_TESTS_UNIT_CORE_FEATURES_FEATURE_SET_FIXTURE_H_
#define AIFX_TESTS_UNIT_CORE_FEATURES_FEATURE_SET_FIXTURE_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/features/context_feed.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/features/candle_series.h"
#include "tests/unit/core/features/context_candles.h"
#include "tests/unit/core/features/every_set.h"

namespace aifx::features {

// A test that runs over sets and single columns; feature_sets_test.cc says over which.
class FeatureSetTest : public ::testing::TestWithParam<const FeatureSet*> {
 protected:
  const FeatureSet& set() const { return *GetParam(); }
  // The first candle whose row does not depend on where the series starts.
  size_t settled() const { return std::max(set().memory() - 1, set().warm_up()); }

  bool UsesContext() const { return !ContextPairsOf(set(), nullptr).empty(); }

  // With the context that ContextCandles makes of the candles.
  FeatureMatrix Compute(absl::Span<const market::Candle> candles) const {
    return Compute(candles, ContextCandles::Of(candles));
  }
  FeatureMatrix Compute(absl::Span<const market::Candle> candles,
                        const ContextCandles& context) const {
    FeatureMatrix matrix;
    const std::vector<ContextSeries> series = context.Series();
    EXPECT_OK(set().Compute({candles, nullptr, series}, matrix));
    EXPECT_EQ(matrix.rows, candles.size() - set().warm_up());
    EXPECT_EQ(matrix.columns, set().columns().size());
    EXPECT_EQ(matrix.values.size(), matrix.rows * matrix.columns);
    return matrix;
  }

  absl::Status Build(absl::Span<const market::Candle> candles, FeatureMatrix& matrix) const {
    const ContextCandles context = ContextCandles::Of(candles);
    const std::vector<ContextSeries> series = context.Series();
    return set().Build({candles, nullptr, series}, matrix);
  }

  const std::string& ColumnName(size_t column) const { return set().columns()[column].name; }

  // Bit for bit, so that not even a rounding error of what lies outside the window gets in.
  void ExpectSameBits(absl::Span<const double> got, absl::Span<const double> want,
                      absl::string_view where) const {
    ASSERT_EQ(got.size(), want.size());
    for (size_t c = 0; c < got.size(); ++c) {
      if (std::isnan(got[c]) && std::isnan(want[c])) continue;
      EXPECT_EQ(std::memcmp(&got[c], &want[c], sizeof(double)), 0)
          << where << ", column " << ColumnName(c) << ": " << got[c] << " and " << want[c];
    }
  }

  // Candle by candle, `stream` gives the rows of Compute.
  void ExpectBulkRows(FeatureStream& stream, absl::Span<const market::Candle> candles,
                      const ContextCandles& context) const {
    const FeatureMatrix bulk = Compute(candles, context);
    const std::vector<ContextSeries> series =
        UsesContext() ? context.Series() : std::vector<ContextSeries>();
    ContextFeed feed(stream, series);
    for (size_t i = 0; i < candles.size(); ++i) {
      ASSERT_OK_AND_ASSIGN(const absl::Span<const double> row, feed.Next(candles[i]));
      ASSERT_EQ(row.empty(), i < set().warm_up()) << i;
      if (!row.empty()) ExpectSameBits(row, bulk.Row(i - set().warm_up()), absl::StrCat("row ", i));
      if (HasFailure()) return;
    }
  }

  // The median size of each column's values, a measure of what is small there.
  std::vector<double> Medians(const FeatureMatrix& matrix) const {
    std::vector<double> medians;
    for (size_t c = 0; c < matrix.columns; ++c) {
      std::vector<double> sizes;
      for (size_t r = 0; r < matrix.rows; ++r) {
        if (!std::isnan(matrix.Row(r)[c])) sizes.push_back(std::abs(matrix.Row(r)[c]));
      }
      std::sort(sizes.begin(), sizes.end());
      medians.push_back(sizes.empty() ? 0 : sizes[sizes.size() / 2]);
    }
    return medians;
  }

  void ExpectClose(absl::Span<const double> got, absl::Span<const double> want,
                   absl::Span<const double> medians, double tolerance,
                   absl::string_view where) const {
    for (size_t c = 0; c < got.size(); ++c) {
      if (std::isnan(got[c]) && std::isnan(want[c])) continue;
      EXPECT_NEAR(got[c], want[c], tolerance * std::max(std::abs(want[c]), medians[c]))
          << where << ", column " << ColumnName(c);
    }
  }
};

// What holds for some sets only.
class FiniteSetTest : public FeatureSetTest {};
class PricedSetTest : public FeatureSetTest {};  // finite, and not of time alone
class RecursiveSetTest : public FeatureSetTest {};
class ContextSetTest : public FeatureSetTest {};  // those that use other pairs
// All but single columns of the engine: those of time, or neutral where the spread is unknown, stay
// finite whatever the prices are.
class CheckedSetTest : public FeatureSetTest {};
// The engine's own sets are defined on flat prices and bounded; pandas' definitions are not.
class StationarySetTest : public FeatureSetTest {};
class TechnicalSetTest : public FeatureSetTest {};

}  // namespace aifx::features

#endif  // AIFX_TESTS_UNIT_CORE_FEATURES_FEATURE_SET_FIXTURE_H_
