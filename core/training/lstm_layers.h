#ifndef AIFX_CORE_TRAINING_LSTM_LAYERS_H_
#define AIFX_CORE_TRAINING_LSTM_LAYERS_H_

// Private to core/training: LibTorch's headers stay out of what others include.

#include <ATen/ATen.h>

#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/features/scaler.h"
#include "core/training/lstm_network.h"

namespace aifx::training {

// The layers of LstmNetwork: scaler, weights and the passes through them. Thread-compatible; throws
// what LibTorch throws.
class LstmLayers {
 public:
  enum Weight {
    kIn1,
    kRec1,
    kBiasIn1,
    kBiasRec1,
    kIn2,
    kRec2,
    kBiasIn2,
    kBiasRec2,
    kDense,
    kDenseBias,
    kOut,
    kOutBias,
    kWeights
  };

  enum class Pass {
    kTrain,     // with dropout
    kEvaluate,  // without dropout, nothing kept for a backward pass
    // Without dropout, but with a backward pass: oneDNN's LSTM keeps what that needs only where it
    // is told that it trains, which changes no value.
    kDifferentiate,
  };

  // Draws the weights uniformly from +-1/sqrt(fan_in); options.seed starts the dropout.
  LstmLayers(const features::Scaler& scaler, const LstmOptions& options, std::mt19937_64& random);

  // Logits [windows, classes] of windows [windows, sequence, columns].
  at::Tensor Forward(const at::Tensor& windows, Pass pass);

  // The scaler and the layers as a TorchScript archive.
  absl::StatusOr<std::string> Archive() const;

  absl::Span<at::Tensor> weights() { return absl::MakeSpan(weights_); }
  const at::Tensor& scaler_mean() const { return mean_; }

 private:
  void InitializeLstm(int first, int64_t inputs, int64_t hidden, std::mt19937_64& random);
  void Initialize(int weight, at::IntArrayRef shape, int64_t fan_in, std::mt19937_64& random);
  at::Tensor Lstm(const at::Tensor& x, int first, bool train) const;
  at::Tensor Dropout(const at::Tensor& x, double share, bool train);

  const LstmOptions options_;
  const at::Tensor mean_, deviation_;
  std::array<at::Tensor, kWeights> weights_;
  at::Generator dropout_random_;
};

// A float tensor's values in row-major order.
std::vector<float> Values(const at::Tensor& tensor);

}  // namespace aifx::training

#endif  // AIFX_CORE_TRAINING_LSTM_LAYERS_H_
