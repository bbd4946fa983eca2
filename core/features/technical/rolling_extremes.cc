#include "core/features/technical/rolling_extremes.h"

#include <cassert>

#include "core/features/technical/vector_clones.h"

namespace aifx::features {
namespace {

AIFX_VECTOR_CLONES void JoinLargest(const double* newer, const double* older, size_t size,
                                    double* __restrict out) {
  for (size_t i = 0; i < size; ++i) out[i] = newer[i] < older[i] ? older[i] : newer[i];
}

AIFX_VECTOR_CLONES void JoinSmallest(const double* newer, const double* older, size_t size,
                                     double* __restrict out) {
  for (size_t i = 0; i < size; ++i) out[i] = older[i] < newer[i] ? older[i] : newer[i];
}

}  // namespace

RollingExtreme::RollingExtreme(Workspace& workspace, SeriesBuffer& values, size_t length, Kind kind)
    : kind_(kind), levels_{{&values, 0}} {
  assert(length >= 2 && length <= kLongestPast);
  const auto add = [&](size_t offset) {
    levels_.back().series->RequirePast(offset);
    levels_.push_back({&workspace.NewSeries(), offset});
  };
  size_t width = 1;
  for (; 2 * width <= length; width *= 2) add(width);
  if (width < length) add(length - width);
}

void RollingExtreme::Update(const Chunk& chunk) {
  const auto join = kind_ == Kind::kLargest ? JoinLargest : JoinSmallest;
  for (size_t k = 1; k < levels_.size(); ++k) {
    const double* newer = levels_[k - 1].series->data() + chunk.begin;
    join(newer, newer - levels_[k].offset, chunk.size(), levels_[k].series->data() + chunk.begin);
  }
}

}  // namespace aifx::features
