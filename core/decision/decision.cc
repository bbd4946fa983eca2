#include "core/decision/decision.h"

#include <algorithm>

namespace aifx::decision {
namespace {

using records::Signal;
using records::SignalStrength;

constexpr double kLargestRatio = 99.99;  // the backend's column holds no more

struct Sides {
  double buy = 0, sell = 0;
};

Sides SidesOf(const DecisionInput& input) {
  // Both label families list the falling class first and the rising class last.
  return {input.probabilities.back(), input.probabilities.front()};
}

SignalStrength StrengthOf(double edge) {
  if (edge < 0.05) return SignalStrength::kWeak;
  if (edge < 0.10) return SignalStrength::kModerate;
  if (edge < 0.20) return SignalStrength::kStrong;
  return SignalStrength::kVeryStrong;
}

void SetLevels(const DecisionInput& input, bool buy, Decision& decision) {
  const double direction = buy ? 1 : -1;
  const double take = input.take_atr * input.atr;
  const double stop = input.stop_atr * input.atr;
  decision.entry_price = input.bid_close + (buy ? input.spread : 0);
  decision.take_profit = input.bid_close + direction * take;
  decision.stop_loss = input.bid_close - direction * stop;
  const double reward = direction * (*decision.take_profit - decision.entry_price);
  const double risk = direction * (decision.entry_price - *decision.stop_loss);
  decision.risk_reward_ratio = std::clamp(reward / risk, 0.0, kLargestRatio);
  // Lose risk_percent of equity at the stop, without leverage.
  decision.position_size = std::min(100.0, input.risk.risk_percent * decision.entry_price / risk);
}

}  // namespace

Decision Hold(const DecisionInput& input, records::HoldReason reason) {
  Decision decision;
  decision.hold_reason = reason;
  decision.confidence = *std::max_element(input.probabilities.begin(), input.probabilities.end());
  decision.entry_price = input.bid_close;
  if (input.event == Event::kDirection) decision.p_up = input.probabilities.back();
  return decision;
}

Decision Decide(const DecisionInput& input) {
  const Sides sides = SidesOf(input);
  const bool buy = sides.buy > sides.sell;
  const double edge = buy ? sides.buy - sides.sell : sides.sell - sides.buy;
  const double win = buy ? sides.buy : sides.sell;
  const double lose = buy ? sides.sell : sides.buy;
  const double reward = input.take_atr * input.atr - (buy ? input.spread : 0);
  const double likeliest =
      *std::max_element(input.probabilities.begin(), input.probabilities.end());
  if (edge <= 0 || edge < input.min_edge || win < likeliest || reward <= 0) {
    return Hold(input, records::HoldReason::kNoEdge);
  }
  Decision decision;
  decision.signal = buy ? Signal::kBuy : Signal::kSell;
  decision.hold_reason = records::HoldReason::kNone;
  decision.confidence = win;
  decision.strength = StrengthOf(edge);
  SetLevels(input, buy, decision);
  if (*decision.stop_loss <= 0 || *decision.take_profit <= 0 ||
      *decision.risk_reward_ratio < input.risk.min_reward_ratio) {
    return Hold(input, records::HoldReason::kNoEdge);
  }
  if (input.event == Event::kDirection) {
    decision.p_up = sides.buy;
  } else {
    decision.p_win = win;
    decision.expected_net =
        win * input.take_atr * input.atr - lose * input.stop_atr * input.atr - input.spread;
  }
  return decision;
}

}  // namespace aifx::decision
