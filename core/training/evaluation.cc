#include "core/training/evaluation.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_format.h"
#include "core/base/status_macros.h"
#include "core/training/baselines.h"
#include "core/training/calibration.h"

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

namespace {

// A baseline gets what the network got: its probabilities are calibrated on the calibration slice
// before the gate scores them. `predict` gives the probabilities of a slice's samples.
Scores ScoreCalibrated(const std::function<std::vector<double>(absl::Span<const Sample>)>& predict,
                       const TimeSplit& split, absl::Span<const int> targets, size_t classes) {
  const auto logits = [&](absl::Span<const Sample> samples) {
    std::vector<double> values = predict(samples);
    for (double& value : values) value = std::log(std::max(value, 1e-9));
    return values;
  };
  const model::Calibration calibration =
      FitCalibration(logits(split.calibration), Targets(split.calibration), classes);
  return Score(CalibratedProbabilities(logits(split.gate), calibration), targets, classes);
}

}  // namespace

GateResult ScoreGate(absl::Span<const double> probabilities,
                     absl::Span<const market::Candle> candles, const Dataset& data,
                     const features::Scaler& scaler, const TimeSplit& split, size_t horizon,
                     size_t classes) {
  const std::vector<int> targets = Targets(split.gate);
  GateResult result;
  result.network = Score(probabilities, targets, classes);
  // A base rate's calibration is the rate of the calibration slice.
  result.base_rate = Score(BaseRate(split.calibration, split.gate, classes), targets, classes);
  result.persistence = ScoreCalibrated(
      [&](absl::Span<const Sample> samples) {
        return Persistence(candles, horizon, split.fit, samples, classes);
      },
      split, targets, classes);
  result.logistic = ScoreCalibrated(
      [&](absl::Span<const Sample> samples) {
        return Logistic(data, scaler, split.fit, samples, classes);
      },
      split, targets, classes);
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
