#ifndef AIFX_CORE_MARKET_TRUE_RANGE_H_
#define AIFX_CORE_MARKET_TRUE_RANGE_H_

#include <cstddef>

#include "absl/types/span.h"
#include "core/market/candle.h"

namespace aifx::market {

// The largest of high - low, |high - previous close| and |low - previous close| (Wilder 1978), in
// price units.
double TrueRange(const Candle& candle, double previous_close);

// Simple mean of the true range over the newest `period` candles, in price units, added oldest
// first so that older history changes no bit. Where there is no candle before the window its first
// true range is high - low. REQUIRES: candles.size() >= period > 0.
double AverageTrueRange(absl::Span<const Candle> candles, size_t period);

}  // namespace aifx::market

#endif  // AIFX_CORE_MARKET_TRUE_RANGE_H_
