#include "core/pipeline/integrated_gradients.h"

#include <algorithm>
#include <numeric>

#include "core/base/status_macros.h"

namespace aifx::pipeline {
namespace {

// Points of one backward pass.
constexpr int kBatch = 16;

// The windows baseline + share * (window - baseline), and what the model gives for them.
class Path {
 public:
  Path(const model::Model& model, absl::Span<const float> window, absl::Span<const float> direction)
      : model_(model), window_(window), direction_(direction) {
    const std::vector<double>& mean = model.manifest().scaler.mean;
    baseline_.reserve(window.size());
    for (size_t i = 0; i < window.size(); ++i) {
      baseline_.push_back(static_cast<float>(mean[i % mean.size()]));
    }
  }

  absl::Span<const float> baseline() const { return baseline_; }
  absl::Span<const float> outputs() const { return outputs_; }

  // Of the point at `index`.
  absl::Span<const float> Gradients(size_t index) const {
    return absl::MakeConstSpan(gradients_).subspan(index * window_.size(), window_.size());
  }

  absl::Status Visit(const std::vector<double>& shares) {
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

 private:
  const model::Model& model_;
  const absl::Span<const float> window_;
  const absl::Span<const float> direction_;
  std::vector<float> baseline_, points_, outputs_, gradients_;
};

}  // namespace

absl::StatusOr<Attributions> IntegratedGradients(const model::Model& model,
                                                 absl::Span<const float> window,
                                                 absl::Span<const float> direction, int steps,
                                                 const base::CallContext& context) {
  Path path(model, window, direction);
  Attributions result;
  AIFX_RETURN_IF_ERROR(path.Visit({0, 1}));
  result.baseline_value = path.outputs()[0];
  result.output_value = path.outputs()[1];
  result.values.assign(window.size(), 0.0);
  for (int first = 0; first < steps; first += kBatch) {
    if (context.IsCancelled()) return absl::CancelledError("the caller has gone");
    std::vector<double> shares;
    for (int k = first; k < std::min(steps, first + kBatch); ++k) {
      shares.push_back((k + 0.5) / steps);
    }
    AIFX_RETURN_IF_ERROR(path.Visit(shares));
    for (size_t point = 0; point < shares.size(); ++point) {
      const absl::Span<const float> gradients = path.Gradients(point);
      for (size_t i = 0; i < window.size(); ++i) result.values[i] += gradients[i];
    }
  }
  for (size_t i = 0; i < window.size(); ++i) {
    result.values[i] *= (static_cast<double>(window[i]) - path.baseline()[i]) / steps;
  }
  result.residual = std::accumulate(result.values.begin(), result.values.end(), 0.0) -
                    (result.output_value - result.baseline_value);
  return result;
}

}  // namespace aifx::pipeline
