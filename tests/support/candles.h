#ifndef AIFX_TESTS_SUPPORT_CANDLES_H_
#define AIFX_TESTS_SUPPORT_CANDLES_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/market/candle.h"
#include "core/market/timeframe.h"

namespace aifx::testing {

// "2018-06-12T10:00:00Z" or with another offset. Ends the process where it is malformed.
absl::Time Time(absl::string_view rfc3339);

// A candle whose four prices are equal.
market::Candle FlatCandle(absl::Time open_time, double price = 1.1);

struct RandomWalkOptions {
  uint64_t seed = 1;
  size_t count = 120;
  market::Timeframe timeframe = market::Timeframe::k1Hour;
  // Of the first candle (moved to the next opening where the market is closed); a Tuesday.
  absl::Time first_open = absl::FromUnixSeconds(1528797600);  // 2018-06-12T10:00:00Z
  double price = 1.1;
  double step = 0.0005;      // standard deviation of a candle's change, relative to the price
  double spread_pips = 1.2;  // of every candle
  double volume = 1000;      // of every candle
};

// Well-formed candles of a random walk, closed hours left out for timeframes up to 1d, oldest
// first. The same options give the same candles.
std::vector<market::Candle> RandomWalk(const RandomWalkOptions& options = {});

}  // namespace aifx::testing

#endif  // AIFX_TESTS_SUPPORT_CANDLES_H_
