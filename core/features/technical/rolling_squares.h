#ifndef AIFX_CORE_FEATURES_TECHNICAL_ROLLING_SQUARES_H_
#define AIFX_CORE_FEATURES_TECHNICAL_ROLLING_SQUARES_H_

#include <cstddef>
#include <vector>

#include "core/features/technical/rolling_sums.h"

namespace aifx::features {

// Sums of squared deviations from the mean over sliding windows, by the same doubling as
// RollingSums, halves joined by the formula of Chan, Golub and LeVeque (see RollingVariance in
// rolling_variance.h): nothing large is subtracted from something large, and a row depends on its
// own window only. Exactly 0 for equal values where the length is the sum of at most two powers of
// two.
class RollingSquares {
 public:
  // `sums` are those of the same series. Both must outlive it.
  RollingSquares(Workspace& workspace, RollingSums& sums);

  // Set-up: this length will be asked for. REQUIRES: 2 <= length <= kLongestPast.
  void Require(size_t length);

  // Computes the chunk's rows. REQUIRES: the sums are updated.
  void Update(const Chunk& chunk);

  // Standard deviation of the `length` values that end at row i of the chunk: the root of the sum
  // of squared deviations over `divisor` (length - 1: sample, length: population).
  // REQUIRES: `length` was required.
  void Deviation(size_t length, size_t divisor, const Chunk& chunk, double* out) const;

 private:
  const double* Level(size_t level) const { return levels_[level - 1]->data(); }

  Workspace& workspace_;
  RollingSums& sums_;
  std::vector<SeriesBuffer*> levels_;  // from level 1 on: level 0 would be zeros
};

}  // namespace aifx::features

#endif  // AIFX_CORE_FEATURES_TECHNICAL_ROLLING_SQUARES_H_
