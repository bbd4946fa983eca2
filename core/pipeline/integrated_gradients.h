#ifndef AIFX_CORE_PIPELINE_INTEGRATED_GRADIENTS_H_
#define AIFX_CORE_PIPELINE_INTEGRATED_GRADIENTS_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/model/model.h"

namespace aifx::pipeline {

// How much each value of a window moved an output away from its baseline.
struct Attributions {
  std::vector<double> values;  // [sequence, features], in units of the output
  double output_value = 0;     // for the window
  double baseline_value = 0;   // for the baseline
  double residual = 0;         // sum of the values - (output_value - baseline_value)
};

// Integrated gradients (Sundararajan, Taly and Yan 2017) of the output sum(direction * logits), one
// pass of the model after the other: the gradient is averaged over `steps` points of the straight
// path from the baseline to the window (the midpoints of equal parts) and multiplied by the
// difference. The baseline is a window whose rows are all the mean of the training rows
// (manifest.scaler.mean), which the model sees as zero. The residual falls with the square of the
// steps where the model is smooth. Thread-compatible.
class IntegratedGradients {
 public:
  static constexpr int kPassPoints = 16;  // of the path, in one pass

  // `model` outlives it. REQUIRES: steps >= 1; the sizes agree with the manifest.
  IntegratedGradients(const model::Model& model, std::vector<float> window,
                      std::vector<float> direction, int steps);

  // One pass. Whether there is another one to do; the errors of Model::Gradient.
  absl::StatusOr<bool> Advance();

  // REQUIRES: Advance returned false.
  Attributions Take();

 private:
  // What the model gives for the windows baseline + share * (window - baseline).
  absl::Status Visit(absl::Span<const double> shares);

  const model::Model& model_;
  const std::vector<float> window_, direction_;
  const int steps_;
  int visited_ = 0;  // points of the path
  std::vector<float> baseline_, points_, outputs_, gradients_;
  Attributions result_;
};

}  // namespace aifx::pipeline

#endif  // AIFX_CORE_PIPELINE_INTEGRATED_GRADIENTS_H_
