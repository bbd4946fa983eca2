#ifndef AIFX_CORE_MODEL_LSTM_PACKED_H_
#define AIFX_CORE_MODEL_LSTM_PACKED_H_

#include <cstddef>
#include <vector>

#include "core/model/lstm_weights.h"

namespace aifx::model {

// A matrix whose outputs come in groups of `tile` floats: [group][input][tile]. A kernel that holds
// a group's sums in registers reads it from front to back. Outputs past the last one are zero.
struct PackedMatrix {
  size_t inputs = 0;
  size_t groups = 0;
  size_t tile = 0;
  std::vector<float> values;  // [groups, inputs, tile]
  std::vector<float> bias;    // [groups, tile]

  size_t outputs() const { return groups * tile; }
};

// An LSTM layer for vectors of `lanes` floats. A group is `lanes` units; its tile holds their
// input, forget, cell and output gates, one vector after the other.
struct PackedLayer {
  size_t units = 0;  // hidden, rounded up to whole groups; those past the last one stay zero
  PackedMatrix input;
  PackedMatrix recurrent;  // without bias: the input's has it
};

struct PackedLstm {
  std::vector<float> scaler_mean, scaler_deviation;
  PackedLayer layer1, layer2;
  PackedMatrix dense;
  DenseWeights output;
};

// `lanes`: floats in one vector of the kernel that will read it.
PackedLstm Pack(const LstmWeights& weights, size_t lanes);

}  // namespace aifx::model

#endif  // AIFX_CORE_MODEL_LSTM_PACKED_H_
