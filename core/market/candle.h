#ifndef AIFX_CORE_MARKET_CANDLE_H_
#define AIFX_CORE_MARKET_CANDLE_H_

#include <optional>

#include "absl/time/time.h"

namespace aifx::market {

// One bar of quotes. Prices are bid prices in units of the quote currency; ask = bid + spread.
// The candle is known only once it has closed: open_time + the timeframe's duration.
struct Candle {
  absl::Time open_time;  // UTC
  double open = 0;
  double high = 0;
  double low = 0;
  double close = 0;
  std::optional<double> volume;       // ticks or contracts, >= 0
  std::optional<double> spread_pips;  // ask - bid at the close, in pips, >= 0
};

}  // namespace aifx::market

#endif  // AIFX_CORE_MARKET_CANDLE_H_
