// The activations of LstmKernel, compiled once for every instruction set: hence no include guard
// of the usual kind.
#if defined(AIFX_CORE_MODEL_LSTM_GATES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef AIFX_CORE_MODEL_LSTM_GATES_INL_H_
#undef AIFX_CORE_MODEL_LSTM_GATES_INL_H_
#else
#define AIFX_CORE_MODEL_LSTM_GATES_INL_H_
#endif

#include <hwy/highway.h>

#include <cstddef>
#include <initializer_list>

#include "core/model/lstm_arithmetic-inl.h"

HWY_BEFORE_NAMESPACE();
namespace aifx::model {
namespace HWY_NAMESPACE {

constexpr size_t kGates = 4;

// Polynomials for 2^r on -0.5..0.5 with the smallest largest relative error (the Remez algorithm):
// 7e-5 in degree 3, 3e-6 in degree 4, 2e-8 in degree 6. Highest power first.
template <int kDegree>
HWY_INLINE Floats ExpPolynomial(Floats r) {
  const FloatTag d;
  const auto evaluate = [&](Floats p, std::initializer_list<float> coefficients) {
    for (const float c : coefficients) p = hn::MulAdd(p, r, hn::Set(d, c));
    return p;
  };
  if constexpr (kDegree == 3) {
    return evaluate(hn::Set(d, 0.055171669f), {0.242611122f, 0.693260985f, 0.999928074f});
  } else if constexpr (kDegree == 4) {
    return evaluate(hn::Set(d, 0.00957010191f),
                    {0.0559178603f, 0.240247448f, 0.693121815f, 0.999999261f});
  } else {
    return evaluate(hn::Set(d, 0.00015345812f), {0.00133999312f, 0.00961848896f, 0.0555032878f,
                                                 0.240226469f, 0.693147206f, 1.0f});
  }
}

// 2^x, with x brought to -kExpLimit..kExpLimit: three such factors stay far from overflow, and a
// sigmoid below 2e-9 is taken as 2e-9. NaN may become a number, so that inputs must be checked
// before.
constexpr float kExpLimit = 29;

template <int kDegree>
HWY_INLINE Floats Exp2(Floats x) {
  const FloatTag d;
#if HWY_TARGET == HWY_AVX3
  // One instruction each for the limit (the smaller absolute value with x's sign) and for the
  // multiplication with a power of two.
  x = Floats{_mm512_range_ps(x.raw, _mm512_set1_ps(kExpLimit), 2)};
  const Floats n = hn::Round(x);
  const Floats p = ExpPolynomial<kDegree>(hn::Sub(x, n));
  return Floats{_mm512_scalef_ps(p.raw, n.raw)};
#else
  x = hn::Min(hn::Max(x, hn::Set(d, -kExpLimit)), hn::Set(d, kExpLimit));
  const Floats n = hn::Round(x);
  const Floats p = ExpPolynomial<kDegree>(hn::Sub(x, n));
  const IntTag di;
  const Ints exponent = hn::ShiftLeft<23>(hn::ConvertTo(di, n));
  return hn::BitCast(d, hn::Add(hn::BitCast(di, p), exponent));
#endif
}

// The cells and outputs of one vector of units from its gates (Hochreiter and Schmidhuber 1997,
// with the forget gate of Gers et al. 2000):
//   cell = sigmoid(forget) * cell + sigmoid(input) * tanh(candidate)
//   output = sigmoid(out) * tanh(cell)
// with both sides brought to one division. The gates come as exponents of two (PackedLayer).
template <int kDegree>
HWY_INLINE Floats Activate(const float* HWY_RESTRICT gates, float* HWY_RESTRICT cells) {
  const FloatTag d;
  const Floats one = hn::Set(d, 1.0f);
  const Floats minus_two_log2e = hn::Set(d, -2.88539008f);
  const Floats in = Exp2<kDegree>(hn::LoadU(d, gates));
  const Floats forget = Exp2<kDegree>(hn::LoadU(d, gates + kLanes));
  const Floats candidate = Exp2<kDegree>(hn::LoadU(d, gates + 2 * kLanes));
  const Floats out = Exp2<kDegree>(hn::LoadU(d, gates + 3 * kLanes));
  const Floats in_and_candidate = hn::Mul(hn::Add(one, in), hn::Add(one, candidate));
  const Floats keep = hn::Add(one, forget);
  const Floats kept = hn::Mul(hn::LoadU(d, cells), in_and_candidate);
  const Floats cell =
      hn::Div(hn::MulAdd(hn::Sub(one, candidate), keep, kept), hn::Mul(in_and_candidate, keep));
  hn::StoreU(cell, d, cells);
  const Floats squashed = Exp2<kDegree>(hn::Mul(minus_two_log2e, cell));
  return hn::Div(hn::Sub(one, squashed), hn::Mul(hn::Add(one, squashed), hn::Add(one, out)));
}

}  // namespace HWY_NAMESPACE
}  // namespace aifx::model
HWY_AFTER_NAMESPACE();

#endif
