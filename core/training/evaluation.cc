#include "core/training/evaluation.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "core/base/status_macros.h"
#include "core/training/baselines.h"

namespace aifx::training {

std::vector<int> Targets(absl::Span<const Sample> samples) {
  std::vector<int> targets;
  targets.reserve(samples.size());
  for (const Sample& sample : samples) targets.push_back(sample.target);
  return targets;
}

absl::StatusOr<std::vector<double>> ModelLogits(const model::Model& model, const Dataset& data,
                                                absl::Span<const Sample> samples,
                                                const std::function<bool()>& is_cancelled) {
  constexpr size_t kBatch = 256;
  const size_t classes = model.manifest().classes.size();
  std::vector<double> logits;
  logits.reserve(samples.size() * classes);
  std::vector<float> windows, outputs;
  for (size_t i = 0; i < samples.size(); i += kBatch) {
    if (is_cancelled && is_cancelled()) return absl::CancelledError("training was cancelled");
    const absl::Span<const Sample> batch = samples.subspan(i, kBatch);
    windows.clear();
    for (const Sample& sample : batch) {
      const absl::Span<const float> window = data.Window(sample.candle);
      windows.insert(windows.end(), window.begin(), window.end());
    }
    outputs.resize(batch.size() * classes);
    AIFX_RETURN_IF_ERROR(model.Run({windows, batch.size()}, absl::MakeSpan(outputs)));
    logits.insert(logits.end(), outputs.begin(), outputs.end());
  }
  return logits;
}

GateResult ScoreGate(absl::Span<const double> probabilities,
                     absl::Span<const market::Candle> candles, const Dataset& data,
                     const features::Scaler& scaler, const TimeSplit& split, size_t horizon,
                     size_t classes) {
  const std::vector<int> targets = Targets(split.gate);
  GateResult result;
  result.network = Score(probabilities, targets, classes);
  result.base_rate = Score(BaseRate(split.fit, split.gate, classes), targets, classes);
  result.persistence =
      Score(Persistence(candles, horizon, split.fit, split.gate, classes), targets, classes);
  result.logistic = Score(Logistic(data, scaler, split.fit, split.gate, classes), targets, classes);
  const double log_loss =
      std::min({result.base_rate.log_loss, result.persistence.log_loss, result.logistic.log_loss});
  const double auc = std::max({result.base_rate.auc, result.persistence.auc, result.logistic.auc});
  result.beats_baselines = result.network.log_loss < log_loss && result.network.auc > auc;
  if (!result.beats_baselines) {
    result.warning = absl::StrFormat(
        "the network does not beat the baselines on the gate slice: log-loss %.4f (best baseline "
        "%.4f, less is better), AUC %.3f (best baseline %.3f, more is better)",
        result.network.log_loss, log_loss, result.network.auc, auc);
  }
  return result;
}

}  // namespace aifx::training
