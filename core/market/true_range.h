#ifndef AIFX_CORE_MARKET_TRUE_RANGE_H_
#define AIFX_CORE_MARKET_TRUE_RANGE_H_

#include <cstddef>

#include "absl/types/span.h"
#include "core/market/candle.h"

namespace aifx::market {

// True range (Wilder 1978): the largest of high - low, |high - previous close| and
// |low - previous close|, in price units. REQUIRES: low <= high. Computed as the span from the
// lowest to the highest of the three prices, which is the same value in three operations.
inline double TrueRange(double high, double low, double previous_close) {
  const double top = high < previous_close ? previous_close : high;
  const double bottom = previous_close < low ? previous_close : low;
  return top - bottom;
}

inline double TrueRange(const Candle& candle, double previous_close) {
  return TrueRange(candle.high, candle.low, previous_close);
}

// Simple mean of the true range over the newest `period` candles, in price units, added oldest
// first so that older history changes no bit. Where there is no candle before the window its first
// true range is high - low. REQUIRES: candles.size() >= period > 0.
double AverageTrueRange(absl::Span<const Candle> candles, size_t period);

}  // namespace aifx::market

#endif  // AIFX_CORE_MARKET_TRUE_RANGE_H_
