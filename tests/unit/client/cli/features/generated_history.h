#ifndef AIFX_TESTS_UNIT_CLIENT_CLI_FEATURES_GENERATED_HISTORY_H_
#define AIFX_TESTS_UNIT_CLIENT_CLI_FEATURES_GENERATED_HISTORY_H_

#include <cmath>
#include <deque>
#include <functional>
#include <vector>

#include "core/market/candle_history.h"
#include "core/market/gaps.h"
#include "tests/support/candles.h"

namespace aifx::cli {

// Hourly candles made while they are read, so that no length of them takes memory: the market's
// hours from 2018-06-12 10:00 UTC on, prices in waves, a volume.
class GeneratedHistory final : public market::CandleHistory {
 public:
  explicit GeneratedHistory(size_t count) : count_(count) {}

  // Changes the candle of that index, in each read.
  std::function<void(size_t index, market::Candle& candle)> change;
  // The same for candles of one pair; false leaves the candle out. Times may change too.
  std::function<bool(const market::CurrencyPair& pair, size_t index, market::Candle& candle)>
      change_pair;
  // Called before each piece of 1,000 candles.
  std::function<void()> before_piece;
  // Called when all of them are read.
  std::function<void()> after_last_piece;
  int reads = 0;

  absl::Status Stream(const market::CurrencyPair& pair, market::Timeframe, absl::Time start,
                      absl::Time end, const market::CandleSink& sink, const market::OnReadProgress&,
                      const base::CallContext&) override {
    ++reads;
    std::vector<market::Candle> piece;
    const auto flush = [&] {
      if (before_piece) before_piece();
      const absl::Status status = sink(piece);
      piece.clear();
      return status;
    };
    absl::Time time = testing::Time("2018-06-12T10:00:00Z");
    for (size_t i = 0; i < count_; ++i, time += absl::Hours(1)) {
      time = market::SharedCalendar().NextOpen(time);
      market::Candle candle = CandleAt(i, time);
      if (change_pair && !change_pair(pair, i, candle)) continue;
      if (candle.open_time < start || candle.open_time >= end) continue;
      piece.push_back(candle);
      if (piece.size() < 1000) continue;
      if (const absl::Status status = flush(); !status.ok()) return status;
    }
    const absl::Status status = flush();
    if (after_last_piece) after_last_piece();
    return status;
  }

  absl::StatusOr<std::vector<market::Candle>> Newest(const market::CurrencyPair& pair,
                                                     market::Timeframe timeframe, size_t count,
                                                     absl::Time as_of,
                                                     const base::CallContext& context) override {
    std::deque<market::Candle> newest;
    const auto keep = [&](absl::Span<const market::Candle> candles) {
      for (const market::Candle& candle : candles) {
        if (market::CloseTime(timeframe, candle.open_time) > as_of) continue;
        newest.push_back(candle);
        if (newest.size() > count) newest.pop_front();
      }
      return absl::OkStatus();
    };
    const absl::Status status =
        Stream(pair, timeframe, absl::InfinitePast(), as_of, keep, nullptr, context);
    if (!status.ok()) return status;
    return std::vector<market::Candle>(newest.begin(), newest.end());
  }

 private:
  market::Candle CandleAt(size_t index, absl::Time time) const {
    const auto x = static_cast<double>(index);
    const auto price = [](double at) {
      return 1.1 + 0.05 * std::sin(0.002 * at) + 0.002 * std::sin(0.7 * at);
    };
    market::Candle candle{.open_time = time, .open = price(x - 1), .close = price(x)};
    candle.high = std::max(candle.open, candle.close) + 0.0004;
    candle.low = std::min(candle.open, candle.close) - 0.0004;
    candle.volume = 1000 + static_cast<double>(index % 7);
    if (change) change(index, candle);
    return candle;
  }

  const size_t count_;
};

}  // namespace aifx::cli

#endif  // AIFX_TESTS_UNIT_CLIENT_CLI_FEATURES_GENERATED_HISTORY_H_
