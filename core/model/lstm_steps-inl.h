// The products and the recurrence of LstmKernel, compiled once for every instruction set: hence no
// include guard of the usual kind.
#if defined(AIFX_CORE_MODEL_LSTM_STEPS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef AIFX_CORE_MODEL_LSTM_STEPS_INL_H_
#undef AIFX_CORE_MODEL_LSTM_STEPS_INL_H_
#else
#define AIFX_CORE_MODEL_LSTM_STEPS_INL_H_
#endif

#include <hwy/highway.h>

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "core/model/lstm_packed.h"
#include "core/model/lstm_tiles-inl.h"

HWY_BEFORE_NAMESPACE();
namespace aifx::model {
namespace HWY_NAMESPACE {

// What fits into the registers: rows x groups x 4 gates of sums, the weights of one group and a
// broadcast input. AVX-512 and NEON have 32 registers, older x86 has 16.
constexpr bool kManyRegisters = HWY_TARGET <= HWY_AVX3 || HWY_ARCH_ARM;
constexpr size_t kMaxRows = kManyRegisters ? 6 : 2;
constexpr size_t kMaxGroups = kManyRegisters ? 4 : 2;  // of a single row

// How many windows go through a step together.
template <class Arithmetic>
constexpr size_t kMostRows = Arithmetic::kTiled ? kTileRows : kMaxRows;

// out[row][group] = start[row][group] + inputs[row] * weights[group], added in the order of the
// inputs, for kRows rows and kGroups groups of kVectors vectors. A row of `out` begins with
// `group`.
template <class Arithmetic, size_t kRows, size_t kGroups, size_t kVectors>
HWY_INLINE void MultiplyTile(const PackedMatrix& matrix, size_t group, const InputRows& in,
                             const OutputRows& rows) {
  constexpr size_t kTile = kVectors * kLanes;
  constexpr size_t kColumns = kGroups * kVectors;
  using Sum = typename Arithmetic::Sum;
  const size_t first = group * kTile;
  Sum sums[kRows * kColumns];
#pragma GCC unroll 8
  for (size_t r = 0; r < kRows; ++r) {
#pragma GCC unroll 16
    for (size_t v = 0; v < kColumns; ++v) {
      sums[r * kColumns + v] = Arithmetic::First(matrix, first + v * kLanes,
                                                 rows.start + r * rows.start_stride + v * kLanes);
    }
  }
  const WordTag d;
  const size_t group_stride = matrix.words * kTile;
  const uint32_t* weights = matrix.values.data() + group * group_stride;
  for (size_t k = 0; k < matrix.words; ++k) {
    Words inputs[kRows];
#pragma GCC unroll 8
    for (size_t r = 0; r < kRows; ++r) inputs[r] = hn::Set(d, in.words[r * in.stride + k]);
#pragma GCC unroll 4
    for (size_t g = 0; g < kGroups; ++g) {
#pragma GCC unroll 4
      for (size_t v = 0; v < kVectors; ++v) {
        const Words weight = hn::LoadU(d, weights + g * group_stride + v * kLanes);
#pragma GCC unroll 8
        for (size_t r = 0; r < kRows; ++r) {
          Sum& sum = sums[r * kColumns + g * kVectors + v];
          sum = Arithmetic::Dot(inputs[r], weight, sum);
        }
      }
    }
    weights += kTile;
  }
#pragma GCC unroll 8
  for (size_t r = 0; r < kRows; ++r) {
#pragma GCC unroll 16
    for (size_t v = 0; v < kColumns; ++v) {
      const float* scale = in.scales == nullptr ? nullptr : in.scales + r;
      const Floats result = Arithmetic::Last(matrix, first + v * kLanes,
                                             rows.start + r * rows.start_stride + v * kLanes, scale,
                                             sums[r * kColumns + v]);
      hn::StoreU(result, FloatTag(), rows.out + r * rows.stride + v * kLanes);
    }
  }
}

// out[row] = matrix.bias + in[row] * matrix, for any number of rows. A group's weights stay in the
// cache while all rows pass.
template <class Arithmetic>
HWY_INLINE void Project(const PackedMatrix& matrix, const InputRows& in, size_t rows, float* out) {
  const size_t stride = matrix.outputs();
  const auto inputs = [&](size_t r) HWY_ATTR {
    return InputRows{in.words + r * in.stride, in.stride,
                     in.scales == nullptr ? nullptr : in.scales + r};
  };
  const auto outputs = [&](size_t group, size_t r) HWY_ATTR {
    const size_t first = group * matrix.tile;
    return OutputRows{matrix.bias.data() + first, 0, out + r * stride + first, stride};
  };
  if constexpr (Arithmetic::kTiled) {
    const auto blocks = [&](size_t begin, size_t end, size_t count) HWY_ATTR {
      if (begin == end) return;
      Arithmetic::Tiles::Shape(count, matrix.words);
      for (size_t group = 0; group < matrix.groups; ++group) {
        for (size_t r = begin; r < end; r += count) {
          MultiplyTiled<Arithmetic>(matrix, group, inputs(r), outputs(group, r), count);
        }
      }
    };
    const size_t whole = rows / kTileRows * kTileRows;
    blocks(0, whole, kTileRows);
    blocks(whole, rows, rows - whole);
  } else {
    const auto tile = [&](auto count, size_t group, size_t r) HWY_ATTR {
      MultiplyTile<Arithmetic, count(), 1, kGates>(matrix, group, inputs(r), outputs(group, r));
    };
    for (size_t group = 0; group < matrix.groups; ++group) {
      size_t r = 0;
      for (; r + kMaxRows <= rows; r += kMaxRows) {
        tile(std::integral_constant<size_t, kMaxRows>(), group, r);
      }
      for (; r < rows; ++r) tile(std::integral_constant<size_t, 1>(), group, r);
    }
  }
}

// Where a step of the recurrence reads and writes, for kRows windows.
struct Step {
  const float* projected;    // [rows, outputs]: what the inputs give
  const uint32_t* previous;  // [rows, units]: outputs of the step before, as words
  uint32_t* current;         // the same of this step
  float* cells;              // [rows, units]
  uint32_t* outputs;         // [rows, units]: of this step, as words of float32
  float* gates;              // kMaxGroups * kMaxRows tiles
};

template <class Arithmetic, size_t kRows, size_t kGroups>
HWY_INLINE void StepGroups(const PackedLayer& layer, size_t group, const Step& step) {
  constexpr size_t kTile = kGates * kLanes;
  const size_t width = layer.recurrent.outputs();
  const size_t words = layer.units / Arithmetic::kDepth;
  const InputRows in{step.previous, words};
  const OutputRows out{step.projected + group * kTile, width, step.gates, kGroups * kTile};
  if constexpr (Arithmetic::kTiled) {
    for (size_t g = 0; g < kGroups; ++g) {
      const OutputRows part{out.start + g * kTile, width, out.out + g * kTile, out.stride};
      MultiplyTiled<Arithmetic>(layer.recurrent, group + g, in, part, kRows);
    }
  } else {
    MultiplyTile<Arithmetic, kRows, kGroups, kGates>(layer.recurrent, group, in, out);
  }
#pragma GCC unroll 8
  for (size_t r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (size_t g = 0; g < kGroups; ++g) {
      const size_t unit = (group + g) * kLanes;
      const Floats output = Activate<Arithmetic::kExpDegree>(step.gates + (r * kGroups + g) * kTile,
                                                             step.cells + r * layer.units + unit);
      Arithmetic::Store(output, step.current + r * words, unit);
      Float32::Store(output, step.outputs + r * layer.units, unit);
    }
  }
}

// `steps` steps of one layer. `projected` is [steps, kRows, outputs], `words` [steps + 1, kRows,
// units]: the first are the outputs of the step before, the others become those of the steps.
template <class Arithmetic, size_t kRows>
HWY_INLINE void Recur(const PackedLayer& layer, const float* projected, size_t steps,
                      uint32_t* words, Step step) {
  const size_t stride = kRows * layer.units / Arithmetic::kDepth;
  if constexpr (Arithmetic::kTiled) Arithmetic::Tiles::Shape(kRows, layer.recurrent.words);
  for (size_t s = 0; s < steps; ++s) {
    step.projected = projected + s * kRows * layer.recurrent.outputs();
    step.previous = words + s * stride;
    step.current = words + (s + 1) * stride;
    size_t group = 0;
    // More groups keep the multipliers of one row busy, and tiles, whose results come late.
    if constexpr (kRows == 1 || Arithmetic::kTiled) {
      for (; group + kMaxGroups <= layer.recurrent.groups; group += kMaxGroups) {
        StepGroups<Arithmetic, kRows, kMaxGroups>(layer, group, step);
      }
    }
    for (; group < layer.recurrent.groups; ++group) {
      StepGroups<Arithmetic, kRows, 1>(layer, group, step);
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace aifx::model
HWY_AFTER_NAMESPACE();

#endif
