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
// m += weight * (x - m). The first `skip` values of the series are passed over.
class SeededMean {
 public:
  SeededMean(size_t length, double weight, size_t skip)
      : length_(length), weight_(weight), skip_(skip) {}

  void Restart() { *this = SeededMean(length_, weight_, skip_); }

  // The next value. Returns the mean; NaN until there is one.
  double Next(double x);

  // The same for `size` values.
  void Next(const double* values, size_t size, double* out);

 private:
  size_t length_;
  double weight_;
  size_t skip_;
  size_t seen_ = 0;  // values taken, skipped ones included, at most skip_ + length_
  double mean_ = 0;  // until there is one: the sum
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
