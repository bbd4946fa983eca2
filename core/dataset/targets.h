#ifndef AIFX_CORE_DATASET_TARGETS_H_
#define AIFX_CORE_DATASET_TARGETS_H_

#include <cstddef>
#include <optional>

#include "absl/types/span.h"
#include "core/market/candle.h"

namespace aifx::dataset {

// What a triple barrier says. The numbers are those of the classes sell, hold, buy of a model.
enum class Barrier { kLower = 0, kNeither = 1, kUpper = 2 };

struct FirstTouch {
  Barrier barrier = Barrier::kNeither;
  size_t end = 0;  // the newest candle that the answer depends on
};

// Which of two prices do the bid prices of candles t+1 .. t+horizon touch first? kNeither where
// none of them does, and where one candle touches both, for its path is unknown.
// REQUIRES: t + horizon < candles.size(), lower < upper.
FirstTouch FindFirstTouch(absl::Span<const market::Candle> candles, size_t t, size_t horizon,
                          double lower, double upper);

// Which questions a row has to answer, and how far they look ahead. At least one is asked.
struct TargetRule {
  bool direction = true, change = true, barrier = true;
  bool close = false;
  int horizon_bars = 24;                  // candles, so that a closed market is skipped; >= 1
  double take_atr = 1.5, stop_atr = 1.5;  // of the barriers from the close, in ATR(14); > 0

  // Whether an answer always depends on the horizon's last candle.
  bool to_horizon() const { return direction || change || close; }
};

// The answers for one candle. What the rule does not ask for keeps its default.
struct Target {
  int direction = 0;  // 1 where close[t + h] > close[t]; equal is 0
  double change = 0;  // close[t + h] / close[t] - 1
  double close = 0;   // close[t + h], in price units
  FirstTouch touch;   // of close + take ATR and close - stop ATR (Lopez de Prado 2018, ch. 3)
  size_t end = 0;     // the newest candle that any of the answers depends on
};

// The answers for candle t. None where the horizon is not complete, so that the newest rows are not
// those alone that touched a barrier early; with a barrier also none where ATR(14), the simple mean
// of the true range, has not 14 candles yet or is 0. REQUIRES: candles passed
// market::ValidateCandles, t < candles.size(), the rule's ranges hold.
std::optional<Target> TargetAt(absl::Span<const market::Candle> candles, size_t t,
                               const TargetRule& rule);

}  // namespace aifx::dataset

#endif  // AIFX_CORE_DATASET_TARGETS_H_
