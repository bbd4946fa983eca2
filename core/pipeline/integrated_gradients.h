#ifndef AIFX_CORE_PIPELINE_INTEGRATED_GRADIENTS_H_
#define AIFX_CORE_PIPELINE_INTEGRATED_GRADIENTS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/base/call_context.h"
#include "core/model/model.h"

namespace aifx::pipeline {

// How much each value of a window moved an output away from its baseline.
struct Attributions {
  std::vector<double> values;  // [sequence, features], in units of the output
  double output_value = 0;     // for the window
  double baseline_value = 0;   // for the baseline
  double residual = 0;         // sum of the values - (output_value - baseline_value)
};

// Integrated gradients (Sundararajan, Taly and Yan 2017) of the output sum(direction * logits): the
// gradient is averaged over `steps` points of the straight path from the baseline to the window
// (the midpoints of equal parts) and multiplied by the difference. The baseline is a window whose
// rows are all the mean of the training rows (manifest.scaler.mean), which the model sees as zero.
// The residual falls with the square of the steps where the model is smooth.
// CANCELLED where the context is, which is looked at every few points; else the errors of
// Model::Gradient. REQUIRES: steps >= 1; the sizes agree with the manifest.
absl::StatusOr<Attributions> IntegratedGradients(const model::Model& model,
                                                 absl::Span<const float> window,
                                                 absl::Span<const float> direction, int steps,
                                                 const base::CallContext& context);

}  // namespace aifx::pipeline

#endif  // AIFX_CORE_PIPELINE_INTEGRATED_GRADIENTS_H_
