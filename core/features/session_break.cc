#include "core/features/session_break.h"

#include <cassert>

#include "core/features/block.h"
#include "core/features/rolling_extreme.h"

namespace aifx::features {

void AfterBreak(absl::Span<const double> open_seconds, size_t steps, size_t first,
                absl::Span<double> out) {
  const size_t size = open_seconds.size();
  assert(first >= steps);
  Series step;
  step[0] = 0;  // belongs to no complete window
  for (size_t i = 1; i < size; ++i) step[i] = open_seconds[i] - open_seconds[i - 1];
  Series shortest;
  RollingMin(absl::MakeConstSpan(step.data(), size), steps, first, absl::MakeSpan(shortest));
  for (size_t i = first; i < size; ++i) out[i] = step[i] > 1.5 * shortest[i] ? 1.0 : 0.0;
}

}  // namespace aifx::features
