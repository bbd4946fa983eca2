#include "core/features/technical/exponential.h"

#include <limits>

namespace aifx::features {

SeededMean::SeededMean(size_t length, double weight, size_t skip, size_t seed_divisor)
    : first_(skip + length),
      skip_(skip),
      seed_divisor_(static_cast<double>(seed_divisor == 0 ? length : seed_divisor)),
      weight_(weight) {
  double power = 1;
  for (double& keep : keep_) keep = power *= 1 - weight;
}

void SeededMean::Restart() {
  seen_ = place_ = 0;
  base_ = since_ = 0;
}

double SeededMean::NextInGroup(double x) {
  since_ = place_ == 0 ? weight_ * x : keep_[0] * since_ + weight_ * x;
  const double mean = keep_[place_] * base_ + since_;
  if (++place_ == kGroup) {
    place_ = 0;
    base_ = mean;
  }
  return mean;
}

double SeededMean::Next(double x) {
  if (seen_ == first_) return NextInGroup(x);
  if (seen_++ >= skip_) base_ += x;
  if (seen_ < first_) return std::numeric_limits<double>::quiet_NaN();
  return base_ /= seed_divisor_;
}

void SeededMean::Next(const double* values, size_t size, double* __restrict out) {
  size_t i = 0;
  for (; i < size && (seen_ < first_ || place_ != 0); ++i) out[i] = Next(values[i]);
  const std::array<double, kGroup> keep = keep_;
  const double weight = weight_;
  double base = base_;
  for (; i + kGroup <= size; i += kGroup) {
    const double a = weight * values[i];
    const double b = keep[0] * a + weight * values[i + 1];
    const double c = keep[0] * b + weight * values[i + 2];
    const double d = keep[0] * c + weight * values[i + 3];
    out[i] = keep[0] * base + a;
    out[i + 1] = keep[1] * base + b;
    out[i + 2] = keep[2] * base + c;
    out[i + 3] = base = keep[3] * base + d;
  }
  base_ = base;
  for (; i < size; ++i) out[i] = Next(values[i]);
}

}  // namespace aifx::features
