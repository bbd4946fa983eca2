#ifndef AIFX_CORE_TRAINING_METRICS_H_
#define AIFX_CORE_TRAINING_METRICS_H_

#include <cstddef>
#include <nlohmann/json.hpp>

#include "absl/types/span.h"

namespace aifx::training {

// How good probabilities are on one slice. The two directions are the first class (sell, down) and
// the last (buy, up).
struct Scores {
  size_t samples = 0;
  double log_loss = 0;  // mean -ln p[target], natural logarithm
  double brier = 0;     // mean over samples of the sum over classes of (p - 1{target})^2; 0..2
  double accuracy = 0;  // share whose most likely class (the first of equals) is the target; 0..1
  // Of samples that ended in one of the two directions:
  size_t directional = 0;  // how many
  // That a random last-class sample has a larger p[last] - p[first] than a random first-class one,
  // ties counting half (Mann-Whitney); 0.5 where one of them is absent.
  double auc = 0.5;
  // Logistic regression of the direction on ln(p[last] / p[first]) (Cox 1958): 1 and 0 are ideal.
  double calibration_slope = 0, calibration_intercept = 0;
  // Mean |accuracy - confidence| of the most likely class over ten equal-width bins, weighted.
  double expected_calibration_error = 0;
};

// REQUIRES: probabilities is [targets.size(), classes], row-major; classes >= 2.
Scores Score(absl::Span<const double> probabilities, absl::Span<const int> targets, size_t classes);

nlohmann::json ToJson(const Scores& scores);

}  // namespace aifx::training

#endif  // AIFX_CORE_TRAINING_METRICS_H_
