#ifndef AIFX_TESTS_UNIT_CORE_FEATURES_CONTEXT_CANDLES_H_
#define AIFX_TESTS_UNIT_CORE_FEATURES_CONTEXT_CANDLES_H_

#include <cstdint>
#include <vector>

#include "core/features/context_pairs.h"
#include "core/features/feature_set.h"
#include "tests/unit/core/features/candle_series.h"

namespace aifx::features {

// Candles of all context pairs beside a series, and what refers to them.
class ContextCandles {
 public:
  ContextCandles() : candles_(kDollarPairs.size()) {}

  // Made from the series, each candle from one of it, so that what holds for the series (scale,
  // flatness, what is cut off) holds for them: in some stretches they are missing, single ones
  // too, and now and then one opens between two of the series.
  static ContextCandles Of(absl::Span<const market::Candle> series) {
    ContextCandles context;
    for (const market::Candle& candle : series) {
      const int64_t hour = absl::ToUnixSeconds(candle.open_time) / 3600;
      const double prices[] = {candle.open, candle.high, 128 * candle.low, 4 * candle.close};
      const double between[] = {candle.close, candle.low, 128 * candle.high, 4 * candle.open};
      for (int64_t p = 0; p < 4; ++p) {
        if ((hour / 30 + p) % 9 == 0 || (hour + 5 * p) % 23 == 0) continue;
        market::Candle other = candle;
        other.open = other.high = other.low = other.close = prices[p];
        context.of(static_cast<size_t>(p)).push_back(other);
        if ((hour + p) % 17 != 0) continue;
        other.open_time += absl::Minutes(30);
        other.open = other.high = other.low = other.close = between[p];
        context.of(static_cast<size_t>(p)).push_back(other);
      }
    }
    return context;
  }

  std::vector<market::Candle>& of(size_t pair) { return candles_[pair]; }
  const std::vector<market::Candle>& of(size_t pair) const { return candles_[pair]; }

  // Valid until the candles change. Without those of `without`.
  std::vector<ContextSeries> Series(const market::CurrencyPair* without = nullptr) const {
    std::vector<ContextSeries> series;
    for (size_t p = 0; p < candles_.size(); ++p) {
      if (without != nullptr && DollarPairs()[p] == *without) continue;
      series.push_back({DollarPairs()[p], candles_[p]});
    }
    return series;
  }

 private:
  std::vector<std::vector<market::Candle>> candles_;
};

}  // namespace aifx::features

#endif  // AIFX_TESTS_UNIT_CORE_FEATURES_CONTEXT_CANDLES_H_
