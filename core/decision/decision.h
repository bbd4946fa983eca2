#ifndef AIFX_CORE_DECISION_DECISION_H_
#define AIFX_CORE_DECISION_DECISION_H_

#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "core/market/candle.h"
#include "core/records/prediction.h"

// Pure functions from probabilities to what a prediction says. Meanings: docs/decisions.md.
namespace aifx::decision {

// The event that the probabilities speak of.
enum class Event {
  kDirection,      // probabilities = {down, up}
  kTripleBarrier,  // probabilities = {sell, hold, buy}
};

// What a caller wants of a trade.
struct RiskOptions {
  double min_reward_ratio = 0;  // a signal with less becomes HOLD; >= 0
  double risk_percent = 1;      // of equity, lost when the stop is hit; 0 < x <= 100
};

struct DecisionInput {
  Event event = Event::kTripleBarrier;
  absl::Span<const double> probabilities;  // sum to 1
  double min_edge = 0;                     // least p(direction) - p(other direction), 0..1
  double stop_atr = 1, take_atr = 1;       // level distances in ATR, > 0
  double bid_close = 0;                    // newest close, > 0
  double spread = 0;                       // price units, >= 0; 0 where unknown
  double atr = 0;                          // price units, >= 0; 0 on flat prices
  RiskOptions risk;
};

struct Decision {
  records::Signal signal = records::Signal::kHold;
  records::HoldReason hold_reason = records::HoldReason::kNoEdge;
  double confidence = 0;
  std::optional<double> p_up, p_win;
  double entry_price = 0;  // ask for a buy, else bid
  std::optional<double> stop_loss, take_profit, risk_reward_ratio, position_size;
  records::SignalStrength strength = records::SignalStrength::kWeak;
  // Expected result of the trade after the spread, in price units, where the event is the trade:
  // p_win * take distance - p_lose * stop distance - spread (a timeout counts as 0).
  std::optional<double> expected_net;
};

// The signal is the likelier direction where it is the likeliest class of all, its probability
// exceeds the other's by min_edge or more (and by more than 0), the levels are sound (atr > 0) and
// the reward ratio suffices; else HOLD with kNoEdge.
Decision Decide(const DecisionInput& input);

// The same probabilities as a HOLD for another reason: no levels, confidence of the likeliest
// class.
Decision Hold(const DecisionInput& input, records::HoldReason reason);

// Probabilities from logits: softmax(slope * logit[c] + intercept[c]), in double, stable for large
// logits. REQUIRES: intercept is empty (zeros) or as long as logits.
std::vector<double> Calibrate(absl::Span<const float> logits, double slope,
                              absl::Span<const double> intercept);

// From the newest candles: trending where the net move of 20 candles is at least 0.35 of the path
// walked (Kaufman's efficiency ratio); else by ATR(14) against ATR(48): volatile from 1.25 on, calm
// up to 0.8; else ranging. Ranging where there are fewer than 49 candles.
records::MarketCondition ConditionOf(absl::Span<const market::Candle> candles);

}  // namespace aifx::decision

#endif  // AIFX_CORE_DECISION_DECISION_H_
