#include "tests/support/candles.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>

#include "core/market/trading_calendar.h"

namespace aifx::testing {

absl::Time Time(absl::string_view rfc3339) {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, rfc3339, &time, &error)) {
    std::fprintf(stderr, "%s: %s\n", std::string(rfc3339).c_str(), error.c_str());
    std::abort();
  }
  return time;
}

market::Candle FlatCandle(absl::Time open_time, double price) {
  return {.open_time = open_time,
          .open = price,
          .high = price,
          .low = price,
          .close = price,
          .volume = {},
          .spread_pips = {}};
}

std::vector<market::Candle> RandomWalk(const RandomWalkOptions& options) {
  const market::TradingCalendar calendar;
  const bool skips_closed = options.timeframe <= market::Timeframe::k1Day;
  std::mt19937_64 generator(options.seed);
  std::normal_distribution<double> change(0, options.step);
  std::vector<market::Candle> candles;
  candles.reserve(options.count);
  absl::Time time = skips_closed ? calendar.NextOpen(options.first_open) : options.first_open;
  double price = options.price;
  for (size_t i = 0; i < options.count; ++i) {
    market::Candle candle = FlatCandle(time, price);
    price *= std::exp(change(generator));
    candle.close = price;
    candle.high = std::max(candle.open, price) * (1 + std::abs(change(generator)) / 2);
    candle.low = std::min(candle.open, price) * (1 - std::abs(change(generator)) / 2);
    candle.volume = options.volume;
    candle.spread_pips = options.spread_pips;
    candles.push_back(candle);
    const absl::Time close = market::CloseTime(options.timeframe, time);
    // A horizon of one bar ends where the next candle closes.
    time = skips_closed ? calendar.HorizonEnd(options.timeframe, close, 1) -
                              market::TimeframeDuration(options.timeframe)
                        : close;
  }
  return candles;
}

}  // namespace aifx::testing
