#ifndef AIFX_CORE_TRAINING_CALIBRATION_H_
#define AIFX_CORE_TRAINING_CALIBRATION_H_

#include <cstddef>
#include <vector>

#include "absl/types/span.h"
#include "core/model/manifest.h"

namespace aifx::training {

// Softmax(slope * logit[c] + intercept[c]) of every row. `logits` is [rows, classes], row-major;
// so is the answer, whose rows sum to 1.
std::vector<double> CalibratedProbabilities(absl::Span<const double> logits,
                                            const model::Calibration& calibration);

// Fits slope and intercepts by least log-loss (maximum likelihood), in double precision. The slope
// is positive: a network whose order is wrong is flattened, not turned round. The intercepts sum
// to 0. `calibrated_at` is left alone. Where there are no rows: slope 1, intercepts 0.
// REQUIRES: logits.size() == targets.size() * classes; targets in [0, classes).
model::Calibration FitCalibration(absl::Span<const double> logits, absl::Span<const int> targets,
                                  size_t classes);

// The least |p[last] - p[first]| that a share `coverage` (0..1) of the rows reaches: the difference
// between the two directions' probabilities. 0 where there are no rows. REQUIRES: classes >= 2.
double EdgeForCoverage(absl::Span<const double> probabilities, size_t classes, double coverage);

}  // namespace aifx::training

#endif  // AIFX_CORE_TRAINING_CALIBRATION_H_
