#include <algorithm>
#include <cmath>

#include "core/decision/decision.h"

namespace aifx::decision {

std::vector<double> Calibrate(absl::Span<const float> logits, double slope,
                              absl::Span<const double> intercept) {
  std::vector<double> values(logits.size());
  for (size_t c = 0; c < logits.size(); ++c) {
    values[c] = slope * logits[c] + (intercept.empty() ? 0.0 : intercept[c]);
  }
  const double largest = *std::max_element(values.begin(), values.end());
  double sum = 0;
  for (double& value : values) sum += value = std::exp(value - largest);
  for (double& value : values) value /= sum;
  return values;
}

}  // namespace aifx::decision
