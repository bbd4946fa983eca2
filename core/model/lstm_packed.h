#ifndef AIFX_CORE_MODEL_LSTM_PACKED_H_
#define AIFX_CORE_MODEL_LSTM_PACKED_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/model/lstm_weights.h"
#include "core/model/manifest.h"

namespace aifx::model {

// A matrix whose outputs come in groups of `tile`: [group][word][tile]. A kernel that holds a
// group's sums in registers reads it from front to back. A word is 32 bits and holds consecutive
// inputs of one output, the first in the lowest bits: one float32, two bfloat16 or four int8.
// Inputs and outputs past the last one are zero.
struct PackedMatrix {
  size_t words = 0;  // of an output
  size_t groups = 0;
  size_t tile = 0;
  std::vector<uint32_t> values;  // [groups, words, tile]
  std::vector<float> bias;       // [groups, tile]
  // Int8 alone, [groups, tile]. A result is scale * (offset + sum of input * weight), where inputs
  // are 0..255 and stand for what they are above 128.
  std::vector<float> scale;
  std::vector<int32_t> offset;

  size_t outputs() const { return groups * tile; }
};

// An LSTM layer for vectors of `lanes` floats. A group is `lanes` units; its tile holds their
// input, forget, cell and output gates, one vector after the other. The gates are multiplied by
// -log2(e), the cell gate by -2 log2(e), so that the activations are powers of two.
struct PackedLayer {
  size_t units = 0;  // hidden, rounded up to whole groups; those past the last one stay zero
  PackedMatrix input;
  PackedMatrix recurrent;  // without bias: the input's has it
};

struct PackedLstm {
  std::vector<float> scaler_mean, scaler_deviation;
  PackedLayer layer1, layer2;
  PackedMatrix dense;  // float32 in every precision: its share of the work is a thousandth
  DenseWeights output;
};

// What an output of 1 is in a kernel of int8: the largest that 8 bits around 128 hold.
inline constexpr float kInt8One = 127.0f;

// `lanes`: floats in one vector of the kernel that will read it.
PackedLstm Pack(const LstmWeights& weights, size_t lanes, Precision precision);

}  // namespace aifx::model

#endif  // AIFX_CORE_MODEL_LSTM_PACKED_H_
