#ifndef AIFX_CORE_BASE_CLOCK_H_
#define AIFX_CORE_BASE_CLOCK_H_

#include "absl/time/time.h"

namespace aifx::base {

// Where time comes from. Code that needs "now", or waits, takes a Clock, so that tests advance a
// fake one (tests/support/fake_clock.h). Implementations are thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  // Wall time; may jump.
  virtual absl::Time Now() = 0;
  // Blocks the calling thread; returns at once for durations <= 0.
  virtual void SleepFor(absl::Duration duration) = 0;
};

// The system's clock; lives for the whole process.
Clock& SystemClock();

}  // namespace aifx::base

#endif  // AIFX_CORE_BASE_CLOCK_H_
