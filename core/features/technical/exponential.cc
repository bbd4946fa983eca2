#include "core/features/technical/exponential.h"

#include <limits>

namespace aifx::features {

double SeededMean::Next(double x) {
  if (seen_ >= skip_ + length_) return mean_ = weight_ * x + (1 - weight_) * mean_;
  ++seen_;
  if (seen_ > skip_) mean_ += x;
  if (seen_ < skip_ + length_) return std::numeric_limits<double>::quiet_NaN();
  return mean_ /= static_cast<double>(length_);
}

void SeededMean::Next(const double* values, size_t size, double* out) {
  size_t i = 0;
  for (; i < size && seen_ < skip_ + length_; ++i) out[i] = Next(values[i]);
  const double keep = 1 - weight_;
  double mean = mean_;
  for (; i < size; ++i) out[i] = mean = weight_ * values[i] + keep * mean;
  mean_ = mean;
}

}  // namespace aifx::features
