#include "core/features/block.h"

#include <cassert>
#include <cmath>

namespace aifx::features {

void CandleBlock::Load(absl::Span<const market::Candle> candles) {
  assert(candles.size() <= kBlockCandles);
  size = candles.size();
  for (size_t i = 0; i < size; ++i) {
    const market::Candle& candle = candles[i];
    open[i] = candle.open;
    high[i] = candle.high;
    low[i] = candle.low;
    close[i] = candle.close;
    log_close[i] = std::log(candle.close);
    open_seconds[i] = static_cast<double>(absl::ToUnixSeconds(candle.open_time));
  }
}

}  // namespace aifx::features
