#include "client/events/backoff.h"

#include <algorithm>

namespace aifx::events {

absl::Duration ReconnectDelay(int failures, double uniform, absl::Duration first,
                              absl::Duration most) {
  absl::Duration delay = first;
  for (int i = 1; i < failures && delay < most; ++i) delay *= 2;
  return std::min(delay, most) * (0.5 + 0.5 * uniform);
}

}  // namespace aifx::events
