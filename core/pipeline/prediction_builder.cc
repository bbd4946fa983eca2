#include "core/pipeline/prediction_builder.h"

#include <algorithm>

#include "core/market/true_range.h"

namespace aifx::pipeline {
namespace {

constexpr size_t kAtrPeriod = 14;

}  // namespace

decision::DecisionInput DecisionInputOf(const model::Manifest& manifest,
                                        absl::Span<const market::Candle> candles,
                                        const market::CurrencyPair& pair,
                                        absl::Span<const double> probabilities,
                                        const decision::RiskOptions& risk) {
  decision::DecisionInput input;
  input.event = manifest.label == model::Label::kDirection ? decision::Event::kDirection
                                                           : decision::Event::kTripleBarrier;
  input.probabilities = probabilities;
  input.min_edge = manifest.decision.min_edge;
  input.stop_atr = manifest.decision.stop_atr;
  input.take_atr = manifest.decision.take_atr;
  input.bid_close = candles.back().close;
  input.spread = candles.back().spread_pips.value_or(0) * pair.PipSize();
  input.atr = market::AverageTrueRange(candles, kAtrPeriod);
  input.risk = risk;
  return input;
}

records::Factors FactorsOf(const model::Manifest& manifest, const features::FeatureSet& set) {
  return FactorsOf(manifest.importance, set);
}

records::Factors FactorsOf(absl::Span<const double> shares, const features::FeatureSet& set) {
  records::Factors factors{0, 0, 0};
  bool has_macro = false;
  for (size_t column = 0; column < set.columns().size(); ++column) {
    const double share = shares[column];
    switch (set.columns()[column].kind) {
      case features::ColumnKind::kPrice:
        factors.technical += share;
        break;
      case features::ColumnKind::kTime:
        factors.pattern += share;
        break;
      case features::ColumnKind::kMacro:
        factors.sentiment += share;
        has_macro = true;
        break;
    }
  }
  if (!has_macro) factors.sentiment = 0.5;
  for (double* factor : {&factors.technical, &factors.sentiment, &factors.pattern}) {
    *factor = std::clamp(*factor, 0.0, 1.0);  // sums of shares may round past 1
  }
  return factors;
}

void CopyDecision(const decision::Decision& decision, records::Prediction& prediction) {
  prediction.signal = decision.signal;
  prediction.hold_reason = decision.hold_reason;
  prediction.p_up = decision.p_up;
  prediction.p_win = decision.p_win;
  prediction.confidence = decision.confidence;
  prediction.entry_price = decision.entry_price;
  prediction.stop_loss = decision.stop_loss;
  prediction.take_profit = decision.take_profit;
  prediction.risk_reward_ratio = decision.risk_reward_ratio;
  prediction.position_size = decision.position_size;
  prediction.signal_strength = decision.strength;
}

records::ModelReference ReferenceOf(const model::Manifest& manifest, const std::string& kernel,
                                    const std::string& backend_id) {
  return {.name = manifest.name,
          .version = manifest.version,
          .label = std::string(model::LabelName(manifest.label)),
          .kernel = kernel,
          .calibrated_at = manifest.calibration.calibrated_at,
          .trained_until = manifest.trained_until,
          .backend_id = backend_id};
}

}  // namespace aifx::pipeline
