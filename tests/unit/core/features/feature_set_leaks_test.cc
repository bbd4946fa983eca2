// No feature set and no indicator looks into the future, or further back than it declares.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "core/features/context_alignment.h"
#include "tests/unit/core/features/feature_set_fixture.h"

namespace aifx::features {
namespace {

TEST_P(FeatureSetTest, RemovingLaterCandlesChangesNothing) {
  const std::vector<market::Candle> candles = RandomCandles(900, 1);
  const FeatureMatrix whole = Compute(candles);
  for (size_t count = set().warm_up() + 1; count <= candles.size(); count += 17) {
    const FeatureMatrix part = Compute(absl::MakeConstSpan(candles).first(count));
    for (size_t r = 0; r < part.rows; ++r) {
      ExpectSameBits(part.Row(r), whole.Row(r), absl::StrCat("row ", r, " of ", count));
    }
    if (HasFailure()) return;
  }
}

TEST_P(FeatureSetTest, ReplacingLaterCandlesChangesNothing) {
  std::vector<market::Candle> candles = RandomCandles(400, 2);
  const FeatureMatrix before = Compute(candles);
  const size_t last_row = 249 - set().warm_up();
  const std::vector<market::Candle> others = RandomCandles(400, 3, 150, 1e-3);
  for (size_t i = 250; i < candles.size(); ++i) {
    const absl::Time open_time = candles[i].open_time;
    candles[i] = others[i];
    candles[i].open_time = open_time;
  }
  const FeatureMatrix after = Compute(candles);
  for (size_t r = 0; r <= last_row; ++r) {
    ExpectSameBits(after.Row(r), before.Row(r), absl::StrCat("row ", r));
  }
}

// A candle counts once it is closed. Until then it changes all the time, and no closed row may
// follow it.
TEST_P(FeatureSetTest, CandleInProgressChangesNoClosedRow) {
  std::vector<market::Candle> candles = RandomCandles(300, 12);
  const FeatureMatrix closed = Compute(candles);
  market::Candle forming = candles.back();
  forming.open_time += absl::Hours(1);
  candles.push_back(forming);
  for (const double move : {0.0, 0.05, -0.05}) {
    candles.back().close = forming.close + move;
    candles.back().high = forming.high + std::max(move, 0.0);
    candles.back().low = forming.low + std::min(move, 0.0);
    candles.back().volume = 1e6 * move * move;
    const FeatureMatrix with_forming = Compute(candles);
    for (size_t r = 0; r < closed.rows; ++r) {
      ExpectSameBits(with_forming.Row(r), closed.Row(r), absl::StrCat("row ", r));
    }
  }
}

TEST_P(FiniteSetTest, NewestRowNeedsNoMoreThanItsMemory) {
  const std::vector<market::Candle> candles = RandomCandles(700, 4);
  const FeatureMatrix whole = Compute(candles);
  for (size_t end = settled() + 1; end <= candles.size(); ++end) {
    const size_t count = settled() + 1;
    const FeatureMatrix part = Compute(absl::MakeConstSpan(candles).subspan(end - count, count));
    ExpectSameBits(part.Row(part.rows - 1), whole.Row(end - 1 - set().warm_up()),
                   absl::StrCat("candle ", end - 1));
    if (HasFailure()) return;
  }
}

TEST_P(RecursiveSetTest, MemoryHoldsAllButABillionth) {
  const std::vector<market::Candle> candles = LivelyCandles(5000, 4);
  const FeatureMatrix whole = Compute(candles);
  const std::vector<double> medians = Medians(whole);
  for (size_t end = set().memory(); end <= candles.size(); end += 97) {
    const FeatureMatrix part =
        Compute(absl::MakeConstSpan(candles).subspan(end - set().memory(), set().memory()));
    ExpectClose(part.Row(part.rows - 1), whole.Row(end - 1 - set().warm_up()), medians, 1e-9,
                absl::StrCat("candle ", end - 1));
  }
}

TEST_P(FiniteSetTest, OlderCandlesOfAnyKindChangeNothing) {
  const std::vector<market::Candle> candles = RandomCandles(300, 5);
  const FeatureMatrix alone = Compute(candles);
  std::vector<market::Candle> longer = RandomCandles(1111, 6, 1e6, 1);
  const absl::Duration shift = candles.front().open_time - absl::Hours(1) - longer.back().open_time;
  for (market::Candle& candle : longer) candle.open_time += shift;
  longer.insert(longer.end(), candles.begin(), candles.end());
  const FeatureMatrix with_history = Compute(longer);
  for (size_t r = settled() - set().warm_up(); r < alone.rows; ++r) {
    ExpectSameBits(with_history.Row(r + 1111), alone.Row(r), absl::StrCat("row ", r));
  }
}

// Other pairs whose first close, between the first two candles, is carried as far as it may be.
ContextCandles OldestIsCarried(absl::Span<const market::Candle> candles) {
  ContextCandles context;
  for (size_t p = 0; p < kDollarPairs.size(); ++p) {
    for (size_t i = 0; i < candles.size(); ++i) {
      if (i > 0 && i <= kContextCarry) continue;
      market::Candle other = candles[i];
      if (i == 0) other.open_time += absl::Minutes(30);
      context.of(p).push_back(other);
    }
  }
  return context;
}

TEST_P(PricedSetTest, MemoryIsNotOverstated) {
  std::vector<market::Candle> candles = LivelyCandles(settled() + 1, 7);
  const ContextCandles context = OldestIsCarried(candles);
  const FeatureMatrix before = Compute(candles, context);
  market::Candle& oldest = candles.front();
  for (double* price : {&oldest.open, &oldest.high, &oldest.low, &oldest.close}) *price *= 1.03;
  oldest.high *= 1.01;
  oldest.volume.reset();
  oldest.spread_pips.reset();
  if (UsesContext()) oldest.open_time += absl::Minutes(45);  // takes the context candle
  const FeatureMatrix after = Compute(candles, context);
  const auto newest = [](const FeatureMatrix& matrix) {
    const auto row = matrix.Row(matrix.rows - 1);
    return std::vector<double>(row.begin(), row.end());
  };
  const std::vector<double> a = newest(after), b = newest(before);
  EXPECT_NE(std::memcmp(a.data(), b.data(), a.size() * sizeof(double)), 0)
      << "the oldest candle has no influence";
}

}  // namespace
}  // namespace aifx::features
