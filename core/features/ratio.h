#ifndef AIFX_CORE_FEATURES_RATIO_H_
#define AIFX_CORE_FEATURES_RATIO_H_

#include <limits>

namespace aifx::features {

// 1 / x for x >= 0; 0 where x is 0, or so small that the inverse would overflow. A ratio formed by
// multiplying with it is the neutral 0 on flat prices, never NaN.
inline double InverseOrZero(double x) {
  return x >= std::numeric_limits<double>::min() ? 1.0 / x : 0.0;
}

// (a - b) / (a + b) for a, b >= 0: the logarithm of a / b squeezed into [-1, 1] (it is
// tanh(log(a / b) / 2)), so it needs no clamp where one of them is 0. 0 where both are 0.
inline double Contrast(double a, double b) { return (a - b) * InverseOrZero(a + b); }

// x limited to [-limit, limit]; NaN stays NaN, so that the builder's check finds it.
inline double Clamp(double x, double limit) {
  const double below = x > limit ? limit : x;
  return below < -limit ? -limit : below;
}

}  // namespace aifx::features

#endif  // AIFX_CORE_FEATURES_RATIO_H_
