#ifndef AIFX_CORE_TRAINING_LABELS_H_
#define AIFX_CORE_TRAINING_LABELS_H_

#include <cstddef>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "core/market/candle.h"
#include "core/model/manifest.h"

namespace aifx::training {

// What a window is asked to foresee.
struct LabelRule {
  model::Label label = model::Label::kTripleBarrier;
  int horizon_bars = 24;     // >= 1
  double barrier_atr = 1.5;  // distance of both barriers from the close, in ATR(14); > 0
};

// The answer for the candle at which the window ends.
struct BarLabel {
  int target = 0;  // index into model::ClassesOf(label)
  // The newest candle that the answer depends on: rows from there on are not independent of it.
  size_t end = 0;
};

// One label for each candle; none where the horizon is not complete, ATR(14) (simple mean of the
// true range) has not 14 candles yet, or it is 0. Horizons count candles, not hours: a closed
// market is skipped.
//
// kDirection: is close[t + h] above close[t]? Equal is down.
// kTripleBarrier (Lopez de Prado 2018, ch. 3, symmetric): upper = close + k ATR, lower = close -
// k ATR; which does a bid price of candles t+1..t+h touch first: buy for the upper, sell for the
// lower, hold for neither and where one candle touches both, for its path is unknown.
//
// REQUIRES: candles passed market::ValidateCandles; the rule's ranges hold.
std::vector<std::optional<BarLabel>> MakeLabels(absl::Span<const market::Candle> candles,
                                                const LabelRule& rule);

}  // namespace aifx::training

#endif  // AIFX_CORE_TRAINING_LABELS_H_
