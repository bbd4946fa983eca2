#ifndef AIFX_SERVER_OPS_DRAIN_H_
#define AIFX_SERVER_OPS_DRAIN_H_

#include <cstdint>
#include <functional>

#include "absl/time/time.h"
#include "core/base/log.h"

namespace aifx::ops {

// What draining does to the rest of the server.
struct DrainSteps {
  std::function<void()> report_not_serving;  // health, while calls are still answered
  std::function<void()> refuse_new_calls;
  std::function<int64_t()> calls_in_flight;
  // Waits at most that long; true when another signal to end came meanwhile.
  std::function<bool(absl::Duration)> wait_for_signal;
};

struct DrainOptions {
  absl::Duration grace;    // between not serving and refusing calls
  absl::Duration timeout;  // for calls in flight, after that
};

enum class DrainResult {
  kClean,     // everything in flight was finished
  kForced,    // a second signal came
  kTimedOut,  // calls were still in flight at the end of the timeout
};

// Takes the server out of service step by step; blocks until that is done. Time passes only in
// wait_for_signal.
DrainResult Drain(const DrainSteps& steps, const DrainOptions& options, base::Logger& logger);

}  // namespace aifx::ops

#endif  // AIFX_SERVER_OPS_DRAIN_H_
