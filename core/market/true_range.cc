#include "core/market/true_range.h"

#include <algorithm>
#include <cmath>

namespace aifx::market {

double TrueRange(const Candle& candle, double previous_close) {
  return std::max({candle.high - candle.low, std::abs(candle.high - previous_close),
                   std::abs(candle.low - previous_close)});
}

double AverageTrueRange(absl::Span<const Candle> candles, size_t period) {
  double sum = 0;
  for (size_t i = candles.size() - period; i < candles.size(); ++i) {
    sum += i == 0 ? candles[i].high - candles[i].low : TrueRange(candles[i], candles[i - 1].close);
  }
  return sum / static_cast<double>(period);
}

}  // namespace aifx::market
