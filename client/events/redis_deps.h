#ifndef AIFX_CLIENT_EVENTS_REDIS_DEPS_H_
#define AIFX_CLIENT_EVENTS_REDIS_DEPS_H_

#include <functional>

#include "absl/time/time.h"
#include "core/base/clock.h"
#include "core/base/log.h"

namespace aifx::events {

// What publisher and subscriber work with. Clock and logger outlive them.
struct RedisDeps {
  base::Clock& clock;
  base::Logger& logger;
  std::function<double()> uniform;  // in [0, 1); thread-safe
};

// How patient they are.
struct RedisTiming {
  absl::Duration timeout = absl::Seconds(2);  // of connecting, and of each answer
  // Between connections that fail: from the first to the longest wait, doubling (backoff.h).
  absl::Duration first_backoff = absl::Milliseconds(100);
  absl::Duration max_backoff = absl::Seconds(30);
  // A subscription without a message for this long is asked for a sign of life, and given up
  // without one as long again.
  absl::Duration silence = absl::Seconds(15);
};

}  // namespace aifx::events

#endif  // AIFX_CLIENT_EVENTS_REDIS_DEPS_H_
