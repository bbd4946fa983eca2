#include "core/model/lstm_packed.h"

namespace aifx::model {
namespace {

constexpr size_t kGates = 4;

size_t RoundUp(size_t value, size_t step) { return (value + step - 1) / step; }

// `matrix` is [4 * hidden, inputs], gate after gate.
PackedMatrix PackGates(const std::vector<float>& matrix, const std::vector<float>& bias,
                       size_t inputs, size_t hidden, size_t lanes) {
  PackedMatrix packed{.inputs = inputs, .groups = RoundUp(hidden, lanes), .tile = kGates * lanes};
  packed.values.assign(packed.groups * inputs * packed.tile, 0.0f);
  packed.bias.assign(packed.outputs(), 0.0f);
  for (size_t unit = 0; unit < hidden; ++unit) {
    for (size_t gate = 0; gate < kGates; ++gate) {
      const size_t group = unit / lanes;
      const size_t column = gate * lanes + unit % lanes;
      const size_t row = gate * hidden + unit;
      if (!bias.empty()) packed.bias[group * packed.tile + column] = bias[row];
      for (size_t k = 0; k < inputs; ++k) {
        packed.values[(group * inputs + k) * packed.tile + column] = matrix[row * inputs + k];
      }
    }
  }
  return packed;
}

PackedLayer PackLayer(const LstmLayerWeights& layer, size_t lanes) {
  return {.units = RoundUp(layer.hidden, lanes) * lanes,
          .input = PackGates(layer.input, layer.bias, layer.inputs, layer.hidden, lanes),
          .recurrent = PackGates(layer.recurrent, {}, layer.hidden, layer.hidden, lanes)};
}

PackedMatrix PackDense(const DenseWeights& dense, size_t lanes) {
  PackedMatrix packed{
      .inputs = dense.inputs, .groups = RoundUp(dense.outputs, lanes), .tile = lanes};
  packed.values.assign(packed.groups * dense.inputs * lanes, 0.0f);
  packed.bias.assign(packed.outputs(), 0.0f);
  for (size_t o = 0; o < dense.outputs; ++o) {
    packed.bias[o] = dense.bias[o];
    for (size_t k = 0; k < dense.inputs; ++k) {
      packed.values[(o / lanes * dense.inputs + k) * lanes + o % lanes] =
          dense.weight[o * dense.inputs + k];
    }
  }
  return packed;
}

}  // namespace

PackedLstm Pack(const LstmWeights& weights, size_t lanes) {
  return {.scaler_mean = weights.scaler_mean,
          .scaler_deviation = weights.scaler_deviation,
          .layer1 = PackLayer(weights.layer1, lanes),
          .layer2 = PackLayer(weights.layer2, lanes),
          .dense = PackDense(weights.dense, lanes),
          .output = weights.output};
}

}  // namespace aifx::model
