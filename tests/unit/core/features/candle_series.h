#ifndef AIFX_TESTS_UNIT_CORE_FEATURES_CANDLE_SERIES_H_
#define AIFX_TESTS_UNIT_CORE_FEATURES_CANDLE_SERIES_H_

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/market/candle.h"

namespace aifx::features {

inline absl::Time Utc(absl::string_view text) {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, &error)) std::abort();
  return time;
}

// `count` candles of one price from `start` on.
inline std::vector<market::Candle> FlatCandles(size_t count, double price,
                                               absl::Time start = Utc("2015-10-19T00:00:00Z"),
                                               absl::Duration step = absl::Hours(1)) {
  std::vector<market::Candle> candles(count);
  for (size_t i = 0; i < count; ++i) {
    market::Candle& candle = candles[i];
    candle.open_time = start + static_cast<int64_t>(i) * step;
    candle.open = candle.high = candle.low = candle.close = price;
  }
  return candles;
}

// A random walk of hourly candles in steps of `tick`, with price gaps, spikes, flat stretches of up
// to 80 candles and breaks in time, with volumes and spreads. The same for the same seed.
inline std::vector<market::Candle> RandomCandles(size_t count, uint64_t seed, double price = 1.1,
                                                 double tick = 1e-5) {
  std::mt19937_64 bits(seed);
  const auto uniform = [&] { return static_cast<double>(bits() >> 11) * 0x1p-53; };
  const auto move = [&](double scale) { return tick * std::round(scale * (uniform() - 0.5)); };
  std::mt19937_64 volume_bits(seed + 1);
  std::vector<market::Candle> candles;
  absl::Time time = Utc("2015-01-05T00:00:00Z");
  const double floor = 1000 * tick;
  size_t flat = 0;
  while (candles.size() < count) {
    market::Candle candle;
    candle.open_time = time;
    time += absl::Hours(uniform() < 0.01 ? 49 : 1);
    if (flat == 0 && uniform() < 0.005) flat = 1 + static_cast<size_t>(80 * uniform());
    if (flat > 0) {
      --flat;
      candle.open = candle.high = candle.low = candle.close = price;
    } else {
      const double gap = uniform() < 0.02 ? move(2000) : 0;
      const double spike = uniform() < 0.005 ? std::abs(move(20000)) : 0;
      candle.open = std::max(price + gap, floor);
      candle.close = std::max(candle.open + move(200), floor);
      candle.high = std::max(candle.open, candle.close) + std::abs(move(100)) + spike;
      candle.low = std::min(candle.open, candle.close) - std::abs(move(100));
    }
    price = candle.close;
    candle.volume = static_cast<double>(1 + volume_bits() % 5000);
    candle.spread_pips = static_cast<double>(volume_bits() % 100) * 0.1;
    candles.push_back(candle);
  }
  return candles;
}

// The same walk without flat stretches: no two closes and no high and low alike, so that no ratio
// is undefined.
inline std::vector<market::Candle> LivelyCandles(size_t count, uint64_t seed) {
  std::vector<market::Candle> candles = RandomCandles(count, seed);
  for (size_t i = 0; i < count; ++i) {
    market::Candle& candle = candles[i];
    candle.high += 1e-4 + static_cast<double>(i % 4) * 2e-5;
    candle.low -= 1e-4;
    candle.close += static_cast<double>(i % 3) * 3e-5;
  }
  return candles;
}

}  // namespace aifx::features

#endif  // AIFX_TESTS_UNIT_CORE_FEATURES_CANDLE_SERIES_H_
