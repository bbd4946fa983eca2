#ifndef AIFX_CORE_MODEL_LSTM_WEIGHTS_H_
#define AIFX_CORE_MODEL_LSTM_WEIGHTS_H_

#include <cstddef>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/model/torchscript_archive.h"

namespace aifx::model {

// One LSTM layer as PyTorch keeps it: the rows of the matrices are the gates input, forget, cell,
// output, each `hidden` rows long.
struct LstmLayerWeights {
  size_t inputs = 0, hidden = 0;
  std::vector<float> input;      // [4 * hidden, inputs], row-major
  std::vector<float> recurrent;  // [4 * hidden, hidden], row-major
  std::vector<float> bias;       // [4 * hidden]: the sum of PyTorch's two
};

struct DenseWeights {
  size_t inputs = 0, outputs = 0;
  std::vector<float> weight;  // [outputs, inputs], row-major
  std::vector<float> bias;    // [outputs]
};

// The network that core/training fits: scaler -> LSTM -> LSTM -> last step -> dense, ReLU ->
// classes.
struct LstmWeights {
  std::vector<float> scaler_mean, scaler_deviation;  // [features]
  LstmLayerWeights layer1, layer2;
  DenseWeights dense, output;
};

// The weights in an archive's tensors by the names that core/training gives them.
// FailedPrecondition, naming the tensor, where one is absent or its shape does not fit the others.
absl::StatusOr<LstmWeights> LstmWeightsOf(absl::Span<const NamedTensor> tensors);

// The other way, as the tensors of an archive whose program is kLstmProgram.
std::vector<NamedTensor> TensorsOf(const LstmWeights& weights);

// The network as a TorchScript program over those tensors.
extern const char kLstmProgram[];

}  // namespace aifx::model

#endif  // AIFX_CORE_MODEL_LSTM_WEIGHTS_H_
