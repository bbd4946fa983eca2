#ifndef AIFX_TESTS_BENCH_CLOSED_LOOP_H_
#define AIFX_TESTS_BENCH_CLOSED_LOOP_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/time/time.h"

namespace aifx::bench {

// How a call ended: answered, refused for want of capacity (RESOURCE_EXHAUSTED, UNAVAILABLE,
// DEADLINE_EXCEEDED), or in any other way.
enum class CallEnd { kOk, kRefused, kFailed };

// Latencies of one measurement.
struct Latencies {
  std::vector<int64_t> nanoseconds;  // of successful calls, unsorted
  std::vector<int64_t> refused;      // the same of refusals
  int64_t errors = 0;
  absl::Duration elapsed;

  void Add(CallEnd end, int64_t duration);
  void Add(const Latencies& others);  // all but `elapsed`
  // Quantile in 0..1, in microseconds; 0 where there are none.
  double Microseconds(double quantile) const;
  double RefusedMicroseconds(double quantile) const;
  double PerSecond() const;  // successful calls
};

// Starts one call; must call `done` exactly once, from any thread.
using StartCall = std::function<void(std::function<void(CallEnd)> done)>;

// Keeps `concurrency` calls under way for `duration` after a warm-up of `warm_up` (not counted):
// each caller starts its next call when the one before has ended.
Latencies RunClosedLoop(int concurrency, absl::Duration warm_up, absl::Duration duration,
                        const StartCall& start_call);

}  // namespace aifx::bench

#endif  // AIFX_TESTS_BENCH_CLOSED_LOOP_H_
