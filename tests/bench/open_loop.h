#ifndef AIFX_TESTS_BENCH_OPEN_LOOP_H_
#define AIFX_TESTS_BENCH_OPEN_LOOP_H_

#include "absl/time/time.h"
#include "tests/bench/closed_loop.h"

namespace aifx::bench {

// Starts `rate` calls a second at even distances for `duration` after a warm-up (not counted),
// whether or not earlier ones have ended. A latency counts from when the call was meant to start,
// so that a server which stalls cannot hide it by holding up the clients (no coordinated omission).
// Returns when every call has ended.
Latencies RunOpenLoop(double rate, absl::Duration warm_up, absl::Duration duration,
                      const StartCall& start_call);

}  // namespace aifx::bench

#endif  // AIFX_TESTS_BENCH_OPEN_LOOP_H_
