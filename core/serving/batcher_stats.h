#ifndef AIFX_CORE_SERVING_BATCHER_STATS_H_
#define AIFX_CORE_SERVING_BATCHER_STATS_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/time/time.h"

namespace aifx::serving {

// Priorities, the most urgent first. Explanations have a bound of their own: one at a time.
enum class Lane { kInteractive, kExplain, kBatch };
inline constexpr size_t kLanes = 3;

// Upper bounds (inclusive) of the buckets below; one more bucket takes what is larger.
inline constexpr std::array<size_t, 7> kBatchRowBounds = {1, 2, 4, 8, 16, 32, 64};
inline constexpr std::array<double, 12> kWaitSecondBounds = {
    0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5};

// What one lane has done since the start. Counts of each bucket stand alone (not cumulated).
struct LaneStats {
  size_t waiting_jobs = 0;  // now
  size_t waiting_rows = 0;  // now
  int64_t jobs = 0;         // computed
  int64_t rows = 0;         // computed
  int64_t batches = 0;
  std::array<int64_t, kBatchRowBounds.size() + 1> batch_rows = {};  // batches by their rows
  std::array<int64_t, kWaitSecondBounds.size() + 1> waits = {};     // jobs by seconds in the queue
  absl::Duration waited;                                            // of all computed jobs together
  absl::Duration computing;                                         // of all batches together
  absl::Duration row_time;  // expected for the next row; zero before the first batch
  // Jobs that were refused, by reason.
  int64_t queue_full = 0;
  int64_t too_late = 0;   // could not have been computed before their deadline
  int64_t expired = 0;    // their deadline passed in the queue
  int64_t cancelled = 0;  // their caller went away
};

struct BatcherStats {
  std::array<LaneStats, kLanes> lanes;  // by Lane
  size_t threads = 0;
  size_t busy_threads = 0;  // now
};

}  // namespace aifx::serving

#endif  // AIFX_CORE_SERVING_BATCHER_STATS_H_
