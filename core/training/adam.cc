#include "core/training/adam.h"

#include <cmath>

namespace aifx::training {

Adam::Adam(absl::Span<const at::Tensor> weights) {
  for (const at::Tensor& weight : weights) {
    const auto size = static_cast<size_t>(weight.numel());
    moments_.push_back({std::vector<float>(size), std::vector<float>(size)});
  }
}

void Adam::Step(absl::Span<at::Tensor> weights, double learning_rate) {
  ++step_;
  for (size_t w = 0; w < weights.size(); ++w) Step(weights[w], moments_[w], learning_rate);
}

void Adam::Step(at::Tensor& weight, Moments& moments, double learning_rate) const {
  auto& [mean, variance] = moments;
  constexpr double kBeta1 = 0.9, kBeta2 = 0.999;
  const at::Tensor gradient = weight.grad().contiguous();
  const float* const g = gradient.const_data_ptr<float>();
  float* const w = weight.mutable_data_ptr<float>();
  const auto rate = static_cast<float>(learning_rate * std::sqrt(1 - std::pow(kBeta2, step_)) /
                                       (1 - std::pow(kBeta1, step_)));
  for (size_t i = 0; i < mean.size(); ++i) {
    mean[i] = 0.9f * mean[i] + 0.1f * g[i];
    variance[i] = 0.999f * variance[i] + 0.001f * g[i] * g[i];
    w[i] -= rate * mean[i] / (std::sqrt(variance[i]) + 1e-8f);
  }
  weight.mutable_grad().reset();
}

}  // namespace aifx::training
