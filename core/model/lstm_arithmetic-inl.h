// The multiplications of LstmKernel in each precision, compiled once for every instruction set:
// hence no include guard of the usual kind.
#if defined(AIFX_CORE_MODEL_LSTM_ARITHMETIC_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef AIFX_CORE_MODEL_LSTM_ARITHMETIC_INL_H_
#undef AIFX_CORE_MODEL_LSTM_ARITHMETIC_INL_H_
#else
#define AIFX_CORE_MODEL_LSTM_ARITHMETIC_INL_H_
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
using WordTag = hn::RebindToUnsigned<FloatTag>;
using IntTag = hn::RebindToSigned<FloatTag>;
using Floats = hn::Vec<FloatTag>;
using Words = hn::Vec<WordTag>;
using Ints = hn::Vec<IntTag>;
constexpr size_t kLanes = hn::MaxLanes(FloatTag());

// Each of the classes below gives what the steps (lstm_steps-inl.h) need of a precision:
//   kDepth          inputs in a word
//   kZero           a word of inputs that are zero
//   kExpDegree      of the activations' polynomial: its error stays far below that of the inputs
//   Sum             a vector of sums of products
//   First           what the sums of an output begin with
//   Dot             sums + inputs * weights, word by word
//   Last            the results: start + what the sums stand for
//   Store           a vector of values as inputs: words of `base` from the value `index` on
//   kScalesRows     whether a row of inputs has to be brought to -1..1 before Store
//   kTiled          whether products are by tiles (lstm_tiles-inl.h) instead of by Dot

// Inputs and weights in float32.
struct Float32 {
  static constexpr size_t kDepth = 1;
  static constexpr uint32_t kZero = 0;
  static constexpr int kExpDegree = 6;
  static constexpr bool kScalesRows = false;
  static constexpr bool kTiled = false;
  using Sum = Floats;

  static HWY_INLINE Sum First(const PackedMatrix&, size_t, const float* start) {
    return hn::LoadU(FloatTag(), start);
  }
  static HWY_INLINE Sum Dot(Words inputs, Words weights, Sum sum) {
    const FloatTag d;
    return hn::MulAdd(hn::BitCast(d, inputs), hn::BitCast(d, weights), sum);
  }
  static HWY_INLINE Floats Last(const PackedMatrix&, size_t, const float*, const float*, Sum sum) {
    return sum;
  }
  static HWY_INLINE void Store(Floats values, uint32_t* base, size_t index) {
    const WordTag d;
    hn::StoreU(hn::BitCast(d, values), d, base + index);
  }
};

// Pairs of bfloat16, widened; the second of a pair is added first.
struct WidenedBfloat16 {
  static constexpr size_t kDepth = 2;
  static constexpr uint32_t kZero = 0;
  static constexpr int kExpDegree = 4;
  static constexpr bool kScalesRows = false;
  static constexpr bool kTiled = false;
  using Sum = Floats;

  static HWY_INLINE Sum First(const PackedMatrix&, size_t, const float* start) {
    return hn::LoadU(FloatTag(), start);
  }
  static HWY_INLINE Sum Dot(Words inputs, Words weights, Sum sum) {
    const FloatTag d;
    const Words upper = hn::Set(WordTag(), 0xffff0000);
    sum = hn::MulAdd(hn::BitCast(d, hn::And(inputs, upper)),
                     hn::BitCast(d, hn::And(weights, upper)), sum);
    return hn::MulAdd(hn::BitCast(d, hn::ShiftLeft<16>(inputs)),
                      hn::BitCast(d, hn::ShiftLeft<16>(weights)), sum);
  }
  static HWY_INLINE Floats Last(const PackedMatrix&, size_t, const float*, const float*, Sum sum) {
    return sum;
  }
  static HWY_INLINE void Store(Floats values, uint32_t* base, size_t index) {
    const WordTag d;
    const Words bits = hn::BitCast(d, values);
    const Words odd = hn::And(hn::ShiftRight<16>(bits), hn::Set(d, 1));
    const Words rounded = hn::ShiftRight<16>(hn::Add(hn::Add(bits, hn::Set(d, 0x7fff)), odd));
    const hn::Rebind<uint16_t, FloatTag> halves;
    hn::StoreU(hn::DemoteTo(halves, hn::BitCast(IntTag(), rounded)), halves,
               reinterpret_cast<uint16_t*>(base) + index);
  }
};

// Four products of 8 bits, multiplied one by one; sums are exact.
struct WidenedInt8 {
  static constexpr size_t kDepth = 4;
  static constexpr uint32_t kZero = 0x80808080;
  static constexpr int kExpDegree = 3;
  static constexpr bool kScalesRows = true;
  static constexpr bool kTiled = false;
  using Sum = Ints;

  static HWY_INLINE Sum First(const PackedMatrix& matrix, size_t column, const float*) {
    return hn::LoadU(IntTag(), matrix.offset.data() + column);
  }
  static HWY_INLINE Sum Dot(Words inputs, Words weights, Sum sum) {
    const IntTag d;
    const Words byte = hn::Set(WordTag(), 0xff);
    const Ints w = hn::BitCast(d, weights);
    const auto input = [&](Words shifted) { return hn::BitCast(d, hn::And(shifted, byte)); };
    sum = hn::Add(sum, hn::Mul(input(inputs), hn::ShiftRight<24>(hn::ShiftLeft<24>(w))));
    sum = hn::Add(
        sum, hn::Mul(input(hn::ShiftRight<8>(inputs)), hn::ShiftRight<24>(hn::ShiftLeft<16>(w))));
    sum = hn::Add(
        sum, hn::Mul(input(hn::ShiftRight<16>(inputs)), hn::ShiftRight<24>(hn::ShiftLeft<8>(w))));
    return hn::Add(sum, hn::Mul(hn::BitCast(d, hn::ShiftRight<24>(inputs)), hn::ShiftRight<24>(w)));
  }
  // `row_scale`: what a step of this row's inputs is worth; null where the matrix has it.
  static HWY_INLINE Floats Last(const PackedMatrix& matrix, size_t column, const float* start,
                                const float* row_scale, Sum sum) {
    const FloatTag d;
    Floats scale = hn::LoadU(d, matrix.scale.data() + column);
    if (row_scale != nullptr) scale = hn::Mul(scale, hn::Set(d, *row_scale));
    return hn::MulAdd(hn::ConvertTo(d, sum), scale, hn::LoadU(d, start));
  }
  // Of values in -1..1.
  static HWY_INLINE void Store(Floats values, uint32_t* base, size_t index) {
    const FloatTag d;
    const Ints whole = hn::NearestInt(hn::MulAdd(values, hn::Set(d, kInt8One), hn::Set(d, 128.0f)));
    const hn::Rebind<uint8_t, FloatTag> bytes;
    hn::StoreU(hn::DemoteTo(bytes, whole), bytes, reinterpret_cast<uint8_t*>(base) + index);
  }
};

// The processor's own dot products. They are written as assembly because the compiler gives their
// intrinsics only to functions whose whole instruction set has them, and Highway's AVX-512 does
// not.
#if HWY_TARGET == HWY_AVX3

// AVX512_BF16.
struct NativeBfloat16 : WidenedBfloat16 {
  static HWY_INLINE Sum Dot(Words inputs, Words weights, Sum sum) {
    asm("vdpbf16ps %2, %1, %0" : "+v"(sum.raw) : "v"(inputs.raw), "v"(weights.raw));
    return sum;
  }
};

// AVX512_VNNI; the same bits as WidenedInt8.
struct NativeInt8 : WidenedInt8 {
  static HWY_INLINE Sum Dot(Words inputs, Words weights, Sum sum) {
    asm("vpdpbusd %2, %1, %0" : "+v"(sum.raw) : "v"(inputs.raw), "v"(weights.raw));
    return sum;
  }
};

#endif

}  // namespace HWY_NAMESPACE
}  // namespace aifx::model
HWY_AFTER_NAMESPACE();

#endif
