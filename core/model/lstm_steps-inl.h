// The arithmetic of LstmKernel, compiled once for every instruction set: hence no include guard of
// the usual kind. Include it only between HWY_BEFORE_NAMESPACE and HWY_AFTER_NAMESPACE.
#if defined(AIFX_CORE_MODEL_LSTM_STEPS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef AIFX_CORE_MODEL_LSTM_STEPS_INL_H_
#undef AIFX_CORE_MODEL_LSTM_STEPS_INL_H_
#else
#define AIFX_CORE_MODEL_LSTM_STEPS_INL_H_
#endif

#include <hwy/highway.h>

#include <cstddef>
#include <cstdint>

#include "core/model/lstm_packed.h"

HWY_BEFORE_NAMESPACE();
namespace aifx::model {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using FloatTag = hn::CappedTag<float, 16>;
using Floats = hn::Vec<FloatTag>;
constexpr size_t kLanes = hn::MaxLanes(FloatTag());
constexpr size_t kGates = 4;

// What fits into the registers: rows x groups x 4 gates of sums, the weights of one group and a
// broadcast input. AVX-512 and NEON have 32 registers, older x86 has 16.
constexpr bool kManyRegisters = HWY_TARGET <= HWY_AVX3 || HWY_ARCH_ARM;
constexpr size_t kMaxRows = kManyRegisters ? 6 : 2;
constexpr size_t kMaxGroups = kManyRegisters ? 4 : 2;  // of a single row

// sums[row][group] = start[row][group] + inputs[row] * weights[group], added in the order of the
// inputs, for kRows rows and kGroups groups of kVectors vectors.
template <size_t kRows, size_t kGroups, size_t kVectors>
HWY_INLINE void MultiplyTile(const PackedMatrix& matrix, size_t group, const float* HWY_RESTRICT in,
                             size_t in_stride, const float* start, size_t start_stride,
                             float* HWY_RESTRICT out, size_t out_stride) {
  const FloatTag d;
  constexpr size_t kTile = kVectors * kLanes;
  constexpr size_t kColumns = kGroups * kVectors;
  Floats sums[kRows * kColumns];
#pragma GCC unroll 8
  for (size_t r = 0; r < kRows; ++r) {
#pragma GCC unroll 16
    for (size_t v = 0; v < kColumns; ++v) {
      sums[r * kColumns + v] = hn::LoadU(d, start + r * start_stride + group * kTile + v * kLanes);
    }
  }
  const float* weights = matrix.values.data() + group * matrix.inputs * kTile;
  const size_t group_stride = matrix.inputs * kTile;
  for (size_t k = 0; k < matrix.inputs; ++k) {
    Floats inputs[kRows];
#pragma GCC unroll 8
    for (size_t r = 0; r < kRows; ++r) inputs[r] = hn::Set(d, in[r * in_stride + k]);
#pragma GCC unroll 4
    for (size_t g = 0; g < kGroups; ++g) {
#pragma GCC unroll 4
      for (size_t v = 0; v < kVectors; ++v) {
        const Floats weight = hn::LoadU(d, weights + g * group_stride + v * kLanes);
#pragma GCC unroll 8
        for (size_t r = 0; r < kRows; ++r) {
          Floats& sum = sums[r * kColumns + g * kVectors + v];
          sum = hn::MulAdd(inputs[r], weight, sum);
        }
      }
    }
    weights += kTile;
  }
#pragma GCC unroll 8
  for (size_t r = 0; r < kRows; ++r) {
#pragma GCC unroll 16
    for (size_t v = 0; v < kColumns; ++v) {
      hn::StoreU(sums[r * kColumns + v], d, out + r * out_stride + group * kTile + v * kLanes);
    }
  }
}

// All groups of kRows rows.
template <size_t kRows, size_t kVectors>
HWY_INLINE void MultiplyRows(const PackedMatrix& matrix, const float* in, size_t in_stride,
                             const float* start, size_t start_stride, float* out,
                             size_t out_stride) {
  size_t group = 0;
  if constexpr (kRows == 1) {  // one row alone: more groups keep the multipliers busy
    for (; group + kMaxGroups <= matrix.groups; group += kMaxGroups) {
      MultiplyTile<1, kMaxGroups, kVectors>(matrix, group, in, in_stride, start, start_stride, out,
                                            out_stride);
    }
    for (; group + 2 <= matrix.groups; group += 2) {
      MultiplyTile<1, 2, kVectors>(matrix, group, in, in_stride, start, start_stride, out,
                                   out_stride);
    }
  }
  for (; group < matrix.groups; ++group) {
    MultiplyTile<kRows, 1, kVectors>(matrix, group, in, in_stride, start, start_stride, out,
                                     out_stride);
  }
}

// out[row] = matrix.bias + in[row] * matrix, for any number of rows. A group's weights stay in the
// cache while all rows pass.
HWY_INLINE void Project(const PackedMatrix& matrix, const float* in, size_t in_stride, size_t rows,
                        float* out) {
  const size_t stride = matrix.outputs();
  for (size_t group = 0; group < matrix.groups; ++group) {
    size_t r = 0;
    for (; r + kMaxRows <= rows; r += kMaxRows) {
      MultiplyTile<kMaxRows, 1, kGates>(matrix, group, in + r * in_stride, in_stride,
                                        matrix.bias.data(), 0, out + r * stride, stride);
    }
    for (; r < rows; ++r) {
      MultiplyTile<1, 1, kGates>(matrix, group, in + r * in_stride, in_stride, matrix.bias.data(),
                                 0, out + r * stride, stride);
    }
  }
}

// e^x for |x| <= 40, to about 1e-7 of the value: 2^n times a polynomial on [-ln 2 / 2, ln 2 / 2].
HWY_INLINE Floats Exp(Floats x) {
  const FloatTag d;
  const hn::RebindToSigned<FloatTag> di;
  const Floats n = hn::Round(hn::Mul(x, hn::Set(d, 1.44269504f)));
  // ln 2 in two parts, so that the remainder keeps its last bits.
  Floats r = hn::NegMulAdd(n, hn::Set(d, 0.693145752f), x);
  r = hn::NegMulAdd(n, hn::Set(d, 1.42860677e-6f), r);
  Floats p = hn::Set(d, 1.0f / 720);
  for (const float coefficient : {1.0f / 120, 1.0f / 24, 1.0f / 6, 0.5f, 1.0f, 1.0f}) {
    p = hn::MulAdd(p, r, hn::Set(d, coefficient));
  }
  const auto exponent = hn::ShiftLeft<23>(hn::ConvertTo(di, n));
  return hn::BitCast(d, hn::Add(hn::BitCast(di, p), exponent));
}

HWY_INLINE Floats Clamp(Floats x, float limit) {
  const FloatTag d;
  return hn::Min(hn::Max(x, hn::Set(d, -limit)), hn::Set(d, limit));
}

// One step's cells and outputs from its gates (Hochreiter and Schmidhuber 1997, with the forget
// gate of Gers et al. 2000):
//   cell = sigmoid(forget) * cell + sigmoid(input) * tanh(candidate)
//   output = sigmoid(out) * tanh(cell)
// with both sides brought to one division. The clamps keep Exp in its range: a sigmoid below 2e-9
// is taken as 2e-9. They also hide NaN, so that inputs must be checked before.
HWY_INLINE void Activate(const float* HWY_RESTRICT gates, size_t units, float* HWY_RESTRICT cells,
                         float* HWY_RESTRICT outputs) {
  const FloatTag d;
  const Floats one = hn::Set(d, 1.0f);
  const Floats minus_two = hn::Set(d, -2.0f);
  for (size_t u = 0; u < units; u += kLanes, gates += kGates * kLanes) {
    const Floats in = Exp(Clamp(hn::Neg(hn::LoadU(d, gates)), 20));
    const Floats forget = Exp(Clamp(hn::Neg(hn::LoadU(d, gates + kLanes)), 20));
    const Floats candidate = Exp(Clamp(hn::Mul(minus_two, hn::LoadU(d, gates + 2 * kLanes)), 20));
    const Floats out = Exp(Clamp(hn::Neg(hn::LoadU(d, gates + 3 * kLanes)), 20));
    const Floats in_and_candidate = hn::Mul(hn::Add(one, in), hn::Add(one, candidate));
    const Floats keep = hn::Add(one, forget);
    const Floats kept = hn::Mul(hn::LoadU(d, cells + u), in_and_candidate);
    const Floats cell =
        hn::Div(hn::MulAdd(hn::Sub(one, candidate), keep, kept), hn::Mul(in_and_candidate, keep));
    hn::StoreU(cell, d, cells + u);
    const Floats squashed = Exp(Clamp(hn::Mul(minus_two, cell), 20));
    hn::StoreU(hn::Div(hn::Sub(one, squashed), hn::Mul(hn::Add(one, squashed), hn::Add(one, out))),
               d, outputs + u);
  }
}

// `steps` steps of one layer for kRows windows. `projected` and `outputs` are [steps, kRows, ...];
// `hidden` [kRows, units] is the output of the step before and becomes that of the last one.
template <size_t kRows>
HWY_INLINE void Recur(const PackedLayer& layer, const float* projected, size_t steps,
                      float* HWY_RESTRICT gates, float* cells, float* hidden, float* outputs) {
  const size_t width = layer.recurrent.outputs();
  const float* previous = hidden;
  for (size_t s = 0; s < steps; ++s) {
    MultiplyRows<kRows, kGates>(layer.recurrent, previous, layer.units,
                                projected + s * kRows * width, width, gates, width);
    float* const current = outputs + s * kRows * layer.units;
    for (size_t r = 0; r < kRows; ++r) {
      Activate(gates + r * width, layer.units, cells + r * layer.units, current + r * layer.units);
    }
    previous = current;
  }
  for (size_t i = 0; i < kRows * layer.units; ++i) hidden[i] = previous[i];
}

}  // namespace HWY_NAMESPACE
}  // namespace aifx::model
HWY_AFTER_NAMESPACE();

#endif
