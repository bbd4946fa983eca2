#include "core/pipeline/integrated_gradients.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "core/base/status_macros.h"

namespace aifx::pipeline {

IntegratedGradients::IntegratedGradients(const model::Model& model, std::vector<float> window,
                                         std::vector<float> direction, int steps)
    : model_(model), window_(std::move(window)), direction_(std::move(direction)), steps_(steps) {
  const std::vector<double>& mean = model.manifest().scaler.mean;
  baseline_.reserve(window_.size());
  for (size_t i = 0; i < window_.size(); ++i) {
    baseline_.push_back(static_cast<float>(mean[i % mean.size()]));
  }
}

absl::Status IntegratedGradients::Visit(absl::Span<const double> shares) {
  points_.clear();
  for (const double share : shares) {
    for (size_t i = 0; i < window_.size(); ++i) {
      const double base = baseline_[i];
      points_.push_back(static_cast<float>(base + share * (window_[i] - base)));
    }
  }
  outputs_.resize(shares.size());
  gradients_.resize(points_.size());
  return model_.Gradient({points_, shares.size()}, direction_, absl::MakeSpan(outputs_),
                         absl::MakeSpan(gradients_));
}

absl::StatusOr<bool> IntegratedGradients::Advance() {
  if (result_.values.empty()) {
    AIFX_RETURN_IF_ERROR(Visit({0, 1}));
    result_.baseline_value = outputs_[0];
    result_.output_value = outputs_[1];
    result_.values.assign(window_.size(), 0.0);
  }
  std::vector<double> shares;
  for (; shares.size() < kPassPoints && visited_ < steps_; ++visited_) {
    shares.push_back((visited_ + 0.5) / steps_);
  }
  AIFX_RETURN_IF_ERROR(Visit(shares));
  for (size_t i = 0; i < gradients_.size(); ++i) {
    result_.values[i % window_.size()] += gradients_[i];
  }
  return visited_ < steps_;
}

Attributions IntegratedGradients::Take() {
  for (size_t i = 0; i < window_.size(); ++i) {
    result_.values[i] *= (static_cast<double>(window_[i]) - baseline_[i]) / steps_;
  }
  result_.residual = std::accumulate(result_.values.begin(), result_.values.end(), 0.0) -
                     (result_.output_value - result_.baseline_value);
  return std::move(result_);
}

}  // namespace aifx::pipeline
