#ifndef AIFX_CORE_TRAINING_ADAM_H_
#define AIFX_CORE_TRAINING_ADAM_H_

// Private to core/training: LibTorch's headers stay out of what others include.

#include <ATen/ATen.h>

#include <cstdint>
#include <vector>

#include "absl/types/span.h"

namespace aifx::training {

// Adam (Kingma and Ba 2015, algorithm 1) with the usual moments (0.9, 0.999) and an epsilon of
// 1e-8 beside the uncorrected deviation. Thread-compatible.
class Adam {
 public:
  // For float tensors of these sizes, in this order.
  explicit Adam(absl::Span<const at::Tensor> weights);

  // Moves every weight against its gradient and drops the gradients. REQUIRES: the tensors of the
  // constructor, contiguous, each with a gradient.
  void Step(absl::Span<at::Tensor> weights, double learning_rate);

 private:
  struct Moments {
    std::vector<float> mean, variance;
  };

  void Step(at::Tensor& weight, Moments& moments, double learning_rate) const;

  std::vector<Moments> moments_;
  int64_t step_ = 0;
};

}  // namespace aifx::training

#endif  // AIFX_CORE_TRAINING_ADAM_H_
