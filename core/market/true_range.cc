#include "core/market/true_range.h"

namespace aifx::market {

double AverageTrueRange(absl::Span<const Candle> candles, size_t period) {
  double sum = 0;
  for (size_t i = candles.size() - period; i < candles.size(); ++i) {
    sum += i == 0 ? candles[i].high - candles[i].low : TrueRange(candles[i], candles[i - 1].close);
  }
  return sum / static_cast<double>(period);
}

}  // namespace aifx::market
