#ifndef AIFX_CORE_MARKET_SERIES_WARNINGS_H_
#define AIFX_CORE_MARKET_SERIES_WARNINGS_H_

#include <vector>

#include "absl/types/span.h"
#include "core/base/violation.h"
#include "core/market/candle.h"
#include "core/market/timeframe.h"

namespace aifx::market {

// What is odd but usable in a well-formed series (ascending, finite times, oldest first):
// INTRAWEEK_GAP where candles are missing although the market was open, UNEVEN_ANCHOR where candles
// of 4h and longer share their place neither on the UTC clock nor on New York's. One warning of a
// kind, which names the first place. Candles that follow each other directly cost one subtraction.
void AddSeriesWarnings(absl::Span<const Candle> candles, Timeframe timeframe,
                       std::vector<base::Warning>& warnings);

}  // namespace aifx::market

#endif  // AIFX_CORE_MARKET_SERIES_WARNINGS_H_
