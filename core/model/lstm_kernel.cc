#include "core/model/lstm_kernel.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <vector>

// Vectors without a size at compile time cannot be held in arrays, which the kernel does.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/model/lstm_kernel.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "core/model/lstm_steps-inl.h"

#ifndef AIFX_CORE_MODEL_LSTM_KERNEL_ONCE
#define AIFX_CORE_MODEL_LSTM_KERNEL_ONCE
namespace aifx::model {

// What one pass over up to six windows keeps; grows to what the thread's largest network needs.
struct LstmWorkspace {
  std::vector<float> scaled, projected, gates, outputs1, outputs2, cells1, cells2, hidden1, hidden2,
      dense;
};

}  // namespace aifx::model
#endif

HWY_BEFORE_NAMESPACE();
namespace aifx::model {
namespace HWY_NAMESPACE {

// Projections of this many steps stay in the level-2 cache beside the weights.
constexpr size_t kProjectedFloats = 24 * 1024;

void Logits(const PackedLstm& net, const float* hidden, float* dense, float* logits) {
  MultiplyRows<1, 1>(net.dense, hidden, 0, net.dense.bias.data(), 0, dense, 0);
  for (size_t o = 0; o < net.output.outputs; ++o) {
    float sum = net.output.bias[o];
    for (size_t k = 0; k < net.output.inputs; ++k) {
      sum += std::max(dense[k], 0.0f) * net.output.weight[o * net.output.inputs + k];
    }
    logits[o] = sum;
  }
}

// The exponent of infinities and NaN.
constexpr uint32_t kNotFinite = 0x7f800000;

// Rows of step `first` to `first + steps` as [steps, kRows, features]. Raises largest[row] to the
// largest exponent bits of the values.
template <size_t kRows>
void Scale(const PackedLstm& net, const float* windows, size_t sequence, size_t first, size_t steps,
           float* scaled, uint32_t* largest) {
  const size_t features = net.scaler_mean.size();
  for (size_t s = 0; s < steps; ++s) {
    for (size_t r = 0; r < kRows; ++r) {
      const float* row = windows + (r * sequence + first + s) * features;
      for (size_t c = 0; c < features; ++c) {
        const float value = (row[c] - net.scaler_mean[c]) / net.scaler_deviation[c];
        largest[r] = std::max(largest[r], std::bit_cast<uint32_t>(value) & kNotFinite);
        *scaled++ = value;
      }
    }
  }
}

template <size_t kRows>
void RunRows(const PackedLstm& net, const float* windows, size_t sequence, float* logits,
             LstmWorkspace& work) {
  const PackedLayer& one = net.layer1;
  const PackedLayer& two = net.layer2;
  const size_t features = net.scaler_mean.size();
  const size_t width = std::max(one.input.outputs(), two.input.outputs());
  const size_t chunk = std::clamp<size_t>(kProjectedFloats / (kRows * width), 1, sequence);
  work.scaled.resize(std::max(work.scaled.size(), chunk * kRows * features));
  work.projected.resize(std::max(work.projected.size(), chunk * kRows * width));
  work.gates.resize(std::max(work.gates.size(), kRows * width));
  work.outputs1.resize(std::max(work.outputs1.size(), chunk * kRows * one.units));
  work.outputs2.resize(std::max(work.outputs2.size(), chunk * kRows * two.units));
  work.dense.resize(std::max(work.dense.size(), net.dense.outputs()));
  work.cells1.assign(kRows * one.units, 0.0f);
  work.hidden1.assign(kRows * one.units, 0.0f);
  work.cells2.assign(kRows * two.units, 0.0f);
  work.hidden2.assign(kRows * two.units, 0.0f);
  uint32_t largest[kRows] = {};
  for (size_t first = 0; first < sequence; first += chunk) {
    const size_t steps = std::min(chunk, sequence - first);
    Scale<kRows>(net, windows, sequence, first, steps, work.scaled.data(), largest);
    Project(one.input, work.scaled.data(), features, steps * kRows, work.projected.data());
    Recur<kRows>(one, work.projected.data(), steps, work.gates.data(), work.cells1.data(),
                 work.hidden1.data(), work.outputs1.data());
    Project(two.input, work.outputs1.data(), one.units, steps * kRows, work.projected.data());
    Recur<kRows>(two, work.projected.data(), steps, work.gates.data(), work.cells2.data(),
                 work.hidden2.data(), work.outputs2.data());
  }
  for (size_t r = 0; r < kRows; ++r) {
    Logits(net, work.hidden2.data() + r * two.units, work.dense.data(),
           logits + r * net.output.outputs);
    // The clamps would turn infinities and NaN into a plausible answer.
    if (largest[r] == kNotFinite) {
      std::fill_n(logits + r * net.output.outputs, net.output.outputs,
                  std::numeric_limits<float>::quiet_NaN());
    }
  }
}

void RunSome(const PackedLstm& net, const float* windows, size_t rows, size_t sequence,
             float* logits, LstmWorkspace& work) {
  switch (rows) {
    case 1:
      return RunRows<1>(net, windows, sequence, logits, work);
    case 2:
      return RunRows<2>(net, windows, sequence, logits, work);
#if HWY_TARGET <= HWY_AVX3 || HWY_ARCH_ARM
    case 3:
      return RunRows<3>(net, windows, sequence, logits, work);
    case 4:
      return RunRows<4>(net, windows, sequence, logits, work);
    case 5:
      return RunRows<5>(net, windows, sequence, logits, work);
    case 6:
      return RunRows<6>(net, windows, sequence, logits, work);
#endif
  }
}

void RunAll(const PackedLstm& net, const float* windows, size_t batch, size_t sequence,
            float* logits, LstmWorkspace& work) {
  const size_t window = sequence * net.scaler_mean.size();
  for (size_t row = 0; row < batch;) {
    const size_t rows = std::min(kMaxRows, batch - row);
    RunSome(net, windows + row * window, rows, sequence, logits + row * net.output.outputs, work);
    row += rows;
  }
}

size_t LanesOfTarget() { return kLanes; }

int64_t ThisTarget() { return HWY_TARGET; }

}  // namespace HWY_NAMESPACE
}  // namespace aifx::model
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace aifx::model {

HWY_EXPORT(RunAll);
HWY_EXPORT(LanesOfTarget);
HWY_EXPORT(ThisTarget);

LstmKernel::LstmKernel(const LstmWeights& weights)
    : packed_(Pack(weights, HWY_DYNAMIC_DISPATCH(LanesOfTarget)())),
      instruction_set_(hwy::TargetName(HWY_DYNAMIC_DISPATCH(ThisTarget)())) {}

void LstmKernel::Run(const float* windows, size_t batch, size_t sequence, float* logits) const {
  thread_local LstmWorkspace work;
  HWY_DYNAMIC_DISPATCH(RunAll)(packed_, windows, batch, sequence, logits, work);
}

}  // namespace aifx::model
#endif
