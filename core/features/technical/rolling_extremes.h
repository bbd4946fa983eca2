#ifndef AIFX_CORE_FEATURES_TECHNICAL_ROLLING_EXTREMES_H_
#define AIFX_CORE_FEATURES_TECHNICAL_ROLLING_EXTREMES_H_

#include <cstddef>
#include <vector>

#include "core/features/technical/workspace.h"

namespace aifx::features {

// Largest or smallest value of the `length` rows that end at each row. Windows grow by doubling;
// the last step joins two that overlap, which is harmless for an extreme.
class RollingExtreme {
 public:
  enum class Kind { kLargest, kSmallest };

  // Both must outlive it. REQUIRES: 2 <= length <= kLongestPast.
  RollingExtreme(Workspace& workspace, SeriesBuffer& values, size_t length, Kind kind);

  // Computes the chunk's rows.
  void Update(const Chunk& chunk);

  // The extremes, at the elements of the chunk.
  const double* data() const { return levels_.back().series->data(); }

 private:
  struct Level {
    SeriesBuffer* series;
    size_t offset;  // joins the level before with itself so many rows ago
  };

  Kind kind_;
  std::vector<Level> levels_;  // level 0: the values
};

}  // namespace aifx::features

#endif  // AIFX_CORE_FEATURES_TECHNICAL_ROLLING_EXTREMES_H_
