#ifndef AIFX_CORE_TRAINING_EVALUATION_H_
#define AIFX_CORE_TRAINING_EVALUATION_H_

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/features/scaler.h"
#include "core/market/candle.h"
#include "core/model/model.h"
#include "core/training/dataset.h"
#include "core/training/metrics.h"

namespace aifx::training {

std::vector<int> Targets(absl::Span<const Sample> samples);

// Logits [samples, classes] of the samples' windows from the model as it will serve. CANCELLED
// when `is_cancelled` says so; Model::Run's errors.
absl::StatusOr<std::vector<double>> ModelLogits(const model::Model& model, const Dataset& data,
                                                absl::Span<const Sample> samples,
                                                const std::function<bool()>& is_cancelled);

// The network's scores on the gate slice beside those of the baselines.
struct GateResult {
  Scores network;
  Scores base_rate, persistence, logistic;
  // A smaller log-loss and a larger AUC than every baseline: the first alone may come from knowing
  // when nothing will happen, the second alone from badly scaled probabilities.
  bool beats_baselines = false;
  std::string warning;  // empty where it does
};

// `probabilities` are the network's, calibrated, for split.gate. `horizon` in candles.
GateResult ScoreGate(absl::Span<const double> probabilities,
                     absl::Span<const market::Candle> candles, const Dataset& data,
                     const features::Scaler& scaler, const TimeSplit& split, size_t horizon,
                     size_t classes);

}  // namespace aifx::training

#endif  // AIFX_CORE_TRAINING_EVALUATION_H_
