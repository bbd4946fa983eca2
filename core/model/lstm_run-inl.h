// A pass of LstmKernel from windows to logits, compiled once for every instruction set: hence no
// include guard of the usual kind.
#if defined(AIFX_CORE_MODEL_LSTM_RUN_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef AIFX_CORE_MODEL_LSTM_RUN_INL_H_
#undef AIFX_CORE_MODEL_LSTM_RUN_INL_H_
#else
#define AIFX_CORE_MODEL_LSTM_RUN_INL_H_
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "core/model/lstm_code.h"
#include "core/model/lstm_steps-inl.h"

HWY_BEFORE_NAMESPACE();
namespace aifx::model {
namespace HWY_NAMESPACE {

// Projections of this many steps stay in the level-2 cache beside the weights.
constexpr size_t kProjectedFloats = 24 * 1024;

// The exponent of infinities and NaN.
constexpr uint32_t kNotFinite = 0x7f800000;

inline size_t PaddedFeatures(size_t features) {
  constexpr size_t kStep = kLanes < 4 ? 4 : kLanes;
  return (features + kStep - 1) / kStep * kStep;
}

// Scales one row of features; those up to the padded width become zero. Returns the bits of the
// largest absolute value: those of infinities and NaN are the largest of all.
HWY_INLINE uint32_t ScaleRow(const PackedLstm& net, const float* HWY_RESTRICT row,
                             float* HWY_RESTRICT scaled) {
  const FloatTag d;
  const WordTag dw;
  const size_t features = net.scaler_mean.size();
  const size_t padded = PaddedFeatures(features);
  const float* const mean = net.scaler_mean.data();
  const float* const deviation = net.scaler_deviation.data();
  size_t c = 0;
  for (; c + kLanes <= features; c += kLanes) {
    const Floats centred = hn::Sub(hn::LoadU(d, row + c), hn::LoadU(d, mean + c));
    hn::StoreU(hn::Div(centred, hn::LoadU(d, deviation + c)), d, scaled + c);
  }
  for (; c < features; ++c) scaled[c] = (row[c] - mean[c]) / deviation[c];
  for (; c < padded; ++c) scaled[c] = 0;
  const IntTag di;
  Ints largest = hn::Zero(di);
  for (c = 0; c < padded; c += kLanes) {
    const Floats value = hn::LoadU(d, scaled + c);
    const Words magnitude = hn::And(hn::BitCast(dw, value), hn::Set(dw, 0x7fffffff));
    largest = hn::Max(largest, hn::BitCast(di, magnitude));
  }
  return static_cast<uint32_t>(hn::GetLane(hn::MaxOfLanes(di, largest)));
}

// Rows of the steps from `first` on as words [steps, kRows, padded features], with their scales.
// Raises largest[row] to the bits of its largest value.
template <class Arithmetic, size_t kRows>
void Scale(const PackedLstm& net, const float* windows, size_t sequence, size_t first, size_t steps,
           LstmWorkspace& work, uint32_t* largest) {
  const FloatTag d;
  const size_t features = net.scaler_mean.size();
  const size_t padded = PaddedFeatures(features);
  uint32_t* words = work.inputs.data();
  float* scale = work.row_scales.data();
  for (size_t s = 0; s < steps; ++s) {
    for (size_t r = 0; r < kRows; ++r, words += padded / Arithmetic::kDepth, ++scale) {
      const float* row = windows + (r * sequence + first + s) * features;
      const uint32_t bits = ScaleRow(net, row, work.scaled.data());
      largest[r] = std::max(largest[r], bits);
      float factor = 1;
      if constexpr (Arithmetic::kScalesRows) {
        const auto magnitude = std::bit_cast<float>(bits);
        factor = magnitude > 0 ? 1 / magnitude : 0;
        *scale = magnitude / kInt8One;
      }
      for (size_t c = 0; c < padded; c += kLanes) {
        Floats value = hn::LoadU(d, work.scaled.data() + c);
        if constexpr (Arithmetic::kScalesRows) value = hn::Mul(value, hn::Set(d, factor));
        Arithmetic::Store(value, words, c);
      }
    }
  }
}

// `hidden`: words of float32.
HWY_INLINE void Logits(const PackedLstm& net, const uint32_t* hidden, float* dense, float* logits) {
  for (size_t group = 0; group < net.dense.groups; ++group) {
    MultiplyTile<Float32, 1, 1, 1>(
        net.dense, group, {hidden, 0},
        {net.dense.bias.data() + group * net.dense.tile, 0, dense + group * net.dense.tile, 0});
  }
  for (size_t o = 0; o < net.output.outputs; ++o) {
    float sum = net.output.bias[o];
    for (size_t k = 0; k < net.output.inputs; ++k) {
      sum += std::max(dense[k], 0.0f) * net.output.weight[o * net.output.inputs + k];
    }
    logits[o] = sum;
  }
}

template <typename T>
void Grow(std::vector<T>& values, size_t size) {
  if (values.size() < size) values.resize(size);
}

template <class Arithmetic, size_t kRows>
void Prepare(const PackedLstm& net, size_t chunk, LstmWorkspace& work) {
  const PackedLayer& one = net.layer1;
  const PackedLayer& two = net.layer2;
  const size_t padded = PaddedFeatures(net.scaler_mean.size());
  Grow(work.scaled, padded);
  Grow(work.row_scales, chunk * kRows);
  Grow(work.inputs, chunk * kRows * padded / Arithmetic::kDepth);
  Grow(work.projected, chunk * kRows * std::max(one.input.outputs(), two.input.outputs()));
  Grow(work.gates, kMostRows<Arithmetic> * kMaxGroups * kGates * kLanes);
  Grow(work.outputs1, kRows * one.units);
  Grow(work.outputs2, kRows * two.units);
  Grow(work.words1, (chunk + 1) * kRows * one.units / Arithmetic::kDepth);
  Grow(work.words2, (chunk + 1) * kRows * two.units / Arithmetic::kDepth);
  Grow(work.dense, net.dense.outputs());
  work.cells1.assign(kRows * one.units, 0.0f);
  work.cells2.assign(kRows * two.units, 0.0f);
  std::fill_n(work.words1.begin(), kRows * one.units / Arithmetic::kDepth, Arithmetic::kZero);
  std::fill_n(work.words2.begin(), kRows * two.units / Arithmetic::kDepth, Arithmetic::kZero);
}

// The outputs of the last step become those before the next chunk's first.
template <class Arithmetic, size_t kRows>
void CarryOver(const PackedLayer& layer, size_t steps, std::vector<uint32_t>& words) {
  const size_t stride = kRows * layer.units / Arithmetic::kDepth;
  std::copy_n(words.begin() + static_cast<ptrdiff_t>(steps * stride), stride, words.begin());
}

template <class Arithmetic, size_t kRows>
void RunRows(const PackedLstm& net, const float* windows, size_t sequence, float* logits,
             LstmWorkspace& work) {
  const PackedLayer& one = net.layer1;
  const PackedLayer& two = net.layer2;
  const size_t width = std::max(one.input.outputs(), two.input.outputs());
  const size_t chunk = std::clamp<size_t>(kProjectedFloats / (kRows * width), 1, sequence);
  Prepare<Arithmetic, kRows>(net, chunk, work);
  const size_t input_words = PaddedFeatures(net.scaler_mean.size()) / Arithmetic::kDepth;
  Step step1{
      .cells = work.cells1.data(), .outputs = work.outputs1.data(), .gates = work.gates.data()};
  Step step2{
      .cells = work.cells2.data(), .outputs = work.outputs2.data(), .gates = work.gates.data()};
  const float* const scales = Arithmetic::kScalesRows ? work.row_scales.data() : nullptr;
  float* const projected = work.projected.data();
  uint32_t largest[kRows] = {};
  for (size_t first = 0; first < sequence; first += chunk) {
    const size_t steps = std::min(chunk, sequence - first);
    Scale<Arithmetic, kRows>(net, windows, sequence, first, steps, work, largest);
    Project<Arithmetic>(one.input, {work.inputs.data(), input_words, scales}, steps * kRows,
                        projected);
    Recur<Arithmetic, kRows>(one, projected, steps, work.words1.data(), step1);
    const size_t stride = one.units / Arithmetic::kDepth;
    Project<Arithmetic>(two.input, {work.words1.data() + kRows * stride, stride}, steps * kRows,
                        projected);
    Recur<Arithmetic, kRows>(two, projected, steps, work.words2.data(), step2);
    CarryOver<Arithmetic, kRows>(one, steps, work.words1);
    CarryOver<Arithmetic, kRows>(two, steps, work.words2);
  }
  for (size_t r = 0; r < kRows; ++r) {
    float* const row = logits + r * net.output.outputs;
    Logits(net, work.outputs2.data() + r * two.units, work.dense.data(), row);
    // The activations would turn infinities and NaN into a plausible answer.
    if (largest[r] >= kNotFinite) {
      std::fill_n(row, net.output.outputs, std::numeric_limits<float>::quiet_NaN());
    }
  }
}

template <class Arithmetic, size_t kRows>
void RunSome(const PackedLstm& net, const float* windows, size_t rows, size_t sequence,
             float* logits, LstmWorkspace& work) {
  if constexpr (kRows > 1) {
    if (rows < kRows) {
      return RunSome<Arithmetic, kRows - 1>(net, windows, rows, sequence, logits, work);
    }
  }
  RunRows<Arithmetic, kRows>(net, windows, sequence, logits, work);
}

template <class Arithmetic>
void RunAll(const PackedLstm& net, const float* windows, size_t batch, size_t sequence,
            float* logits, LstmWorkspace& work) {
  const size_t window = sequence * net.scaler_mean.size();
  for (size_t row = 0; row < batch;) {
    const size_t rows = std::min(kMostRows<Arithmetic>, batch - row);
    RunSome<Arithmetic, kMostRows<Arithmetic>>(net, windows + row * window, rows, sequence,
                                               logits + row * net.output.outputs, work);
    row += rows;
  }
  if constexpr (Arithmetic::kTiled) Arithmetic::Tiles::Release();
}

}  // namespace HWY_NAMESPACE
}  // namespace aifx::model
HWY_AFTER_NAMESPACE();

#endif
