#include "core/model/lstm_packed.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

namespace aifx::model {
namespace {

constexpr size_t kGates = 4;

size_t RoundUp(size_t value, size_t step) { return (value + step - 1) / step * step; }

// Inputs in a word.
size_t DepthOf(Precision precision) {
  switch (precision) {
    case Precision::kFloat32:
      return 1;
    case Precision::kBfloat16:
      return 2;
    case Precision::kInt8:
      return 4;
  }
  return 1;
}

uint32_t ToBfloat16(float value) {
  const auto bits = std::bit_cast<uint32_t>(value);
  return (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
}

// Fills one matrix, output by output.
class Packer {
 public:
  Packer(Precision precision, size_t inputs, size_t groups, size_t tile)
      : precision_(precision), depth_(DepthOf(precision)) {
    packed_.words = RoundUp(inputs, depth_) / depth_;
    packed_.groups = groups;
    packed_.tile = tile;
    packed_.values.assign(groups * packed_.words * tile, 0);
    packed_.bias.assign(packed_.outputs(), 0.0f);
    if (precision == Precision::kInt8) {
      packed_.scale.assign(packed_.outputs(), 0.0f);
      packed_.offset.assign(packed_.outputs(), 0);
    }
  }

  // `input_one`: what an input of 1 is in int8.
  void Set(size_t output, const std::vector<float>& weights, float bias, float input_one) {
    packed_.bias[output] = bias;
    float largest = 0;
    for (const float weight : weights) largest = std::max(largest, std::abs(weight));
    const float step = largest > 0 ? largest / 127 : 1;
    int32_t sum = 0;
    for (size_t k = 0; k < weights.size(); ++k) {
      switch (precision_) {
        case Precision::kFloat32:
          Put(output, k, std::bit_cast<uint32_t>(weights[k]));
          break;
        case Precision::kBfloat16:
          Put(output, k, ToBfloat16(weights[k]));
          break;
        case Precision::kInt8: {
          const auto whole = static_cast<int32_t>(std::lrint(weights[k] / step));
          sum += whole;
          Put(output, k, static_cast<uint32_t>(whole) & 0xff);
          break;
        }
      }
    }
    if (precision_ != Precision::kInt8) return;
    packed_.scale[output] = step / input_one;
    packed_.offset[output] = -128 * sum;
  }

  PackedMatrix Take() { return std::move(packed_); }

 private:
  void Put(size_t output, size_t input, uint32_t bits) {
    const size_t group = output / packed_.tile;
    const size_t word = group * packed_.words + input / depth_;
    packed_.values[word * packed_.tile + output % packed_.tile] |=
        bits << (input % depth_ * (32 / depth_));
  }

  const Precision precision_;
  const size_t depth_;
  PackedMatrix packed_;
};

struct GatePacking {
  Precision precision;
  size_t lanes;
  size_t units;
  size_t hidden;
};

// `matrix` is [4 * hidden, inputs], gate after gate.
PackedMatrix PackGates(const GatePacking& how, const std::vector<float>& matrix,
                       const std::vector<float>& bias, size_t inputs, float input_one) {
  Packer packer(how.precision, inputs, how.units / how.lanes, kGates * how.lanes);
  std::vector<float> row(inputs);
  for (size_t unit = 0; unit < how.hidden; ++unit) {
    for (size_t gate = 0; gate < kGates; ++gate) {
      const size_t from = gate * how.hidden + unit;
      const double factor = gate == 2 ? -2 * std::numbers::log2e : -std::numbers::log2e;
      for (size_t k = 0; k < inputs; ++k) {
        row[k] = static_cast<float>(factor * matrix[from * inputs + k]);
      }
      const size_t to = (unit / how.lanes * kGates + gate) * how.lanes + unit % how.lanes;
      packer.Set(to, row, bias.empty() ? 0.0f : static_cast<float>(factor * bias[from]), input_one);
    }
  }
  return packer.Take();
}

// `input_one`: of the layer's inputs; its own outputs have kInt8One.
PackedLayer PackLayer(const LstmLayerWeights& layer, size_t lanes, Precision precision,
                      float input_one) {
  // Whole words of outputs, too.
  const size_t units = RoundUp(layer.hidden, std::max<size_t>(lanes, 4));
  const GatePacking how{precision, lanes, units, layer.hidden};
  return {.units = units,
          .input = PackGates(how, layer.input, layer.bias, layer.inputs, input_one),
          .recurrent = PackGates(how, layer.recurrent, {}, layer.hidden, kInt8One)};
}

PackedMatrix PackDense(const DenseWeights& dense, size_t lanes) {
  Packer packer(Precision::kFloat32, dense.inputs, RoundUp(dense.outputs, lanes) / lanes, lanes);
  for (size_t o = 0; o < dense.outputs; ++o) {
    const auto row = dense.weight.begin() + static_cast<ptrdiff_t>(o * dense.inputs);
    packer.Set(o, {row, row + static_cast<ptrdiff_t>(dense.inputs)}, dense.bias[o], 1);
  }
  return packer.Take();
}

}  // namespace

PackedLstm Pack(const LstmWeights& weights, size_t lanes, Precision precision) {
  // The first layer's inputs get the scale of each row's largest value when they are known.
  return {.scaler_mean = weights.scaler_mean,
          .scaler_deviation = weights.scaler_deviation,
          .layer1 = PackLayer(weights.layer1, lanes, precision, 1),
          .layer2 = PackLayer(weights.layer2, lanes, precision, kInt8One),
          .dense = PackDense(weights.dense, lanes),
          .output = weights.output};
}

}  // namespace aifx::model
