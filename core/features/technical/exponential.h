#ifndef AIFX_CORE_FEATURES_TECHNICAL_EXPONENTIAL_H_
#define AIFX_CORE_FEATURES_TECHNICAL_EXPONENTIAL_H_

#include <array>
#include <cstddef>

namespace aifx::features {

// Weight of the newest value in an exponential mean of span n: 2 / (n + 1).
constexpr double SpanWeight(size_t n) { return 2.0 / (static_cast<double>(n) + 1); }
// The same in Wilder's averages: 1 / n.
constexpr double WilderWeight(size_t n) { return 1.0 / static_cast<double>(n); }

// Exponential means that start with the simple mean of `length` values, as TA-Lib's do:
// m = weight * x + (1 - weight) * m. The first `skip` values of the series are passed over.
//
// Four values are taken together: each mean is that of the last group times a power of
// (1 - weight), plus what came since, which needs no earlier mean. A step then waits for the one
// four before it. Groups count from the first mean on, so a value is the same to the last bit
// however the series is cut.
class SeededMean {
 public:
  // `seed_divisor`: what the sum of the first `length` values is divided by; their number where 0.
  SeededMean(size_t length, double weight, size_t skip, size_t seed_divisor = 0);

  void Restart();

  // The next value. Returns the mean; NaN until there is one.
  double Next(double x);

  // The same for `size` values. REQUIRES: values != out.
  void Next(const double* values, size_t size, double* out);

 private:
  static constexpr size_t kGroup = 4;

  double NextInGroup(double x);

  size_t first_;  // values before the first mean, itself included
  size_t skip_;
  double seed_divisor_;
  double weight_;
  std::array<double, kGroup> keep_;  // (1 - weight) to the power of 1 .. kGroup
  size_t seen_ = 0;                  // at most first_
  double base_ = 0;                  // the mean after the last group; until the first: the sum
  double since_ = 0;                 // the weighted values since
  size_t place_ = 0;                 // in the group
};

// y = weight * x + (1 - weight) * y over `size` values for kCount exponential means of the same
// series at once: each step waits for the one before, so several in one loop cost hardly more than
// one. `mean` holds the newest of each and is updated.
template <size_t kCount>
void ExponentialMeans(const double* values, size_t size, const double* weight, double* mean,
                      double* const* out) {
  std::array<double, kCount> w, keep, y;
  std::array<double*, kCount> to;
  for (size_t k = 0; k < kCount; ++k) {
    w[k] = weight[k];
    keep[k] = 1 - weight[k];
    y[k] = mean[k];
    to[k] = out[k];
  }
  for (size_t i = 0; i < size; ++i) {
    for (size_t k = 0; k < kCount; ++k) {
      y[k] = w[k] * values[i] + keep[k] * y[k];
      to[k][i] = y[k];
    }
  }
  for (size_t k = 0; k < kCount; ++k) mean[k] = y[k];
}

}  // namespace aifx::features

#endif  // AIFX_CORE_FEATURES_TECHNICAL_EXPONENTIAL_H_
