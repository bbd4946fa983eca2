#ifndef AIFX_CORE_SERVING_ADMISSION_H_
#define AIFX_CORE_SERVING_ADMISSION_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "core/base/call_context.h"
#include "core/serving/batcher_stats.h"

// Whether work is let into a lane, as a pure function, so that refusing costs next to nothing.
namespace aifx::serving {

// The reason of a refusal that another call, with more time, would not get.
inline constexpr char kQueueTooLong[] = "QUEUE_TOO_LONG";

// A lane as it stands before the work joins it.
struct LaneLoad {
  Lane lane = Lane::kInteractive;
  size_t waiting_rows = 0;
  size_t max_rows = 0;  // that may wait
  absl::Duration wait;  // expected until what waits, here and in lanes that go first, is computed
};

// OK, or why `rows` more are refused (Batcher::Submit lists the errors), counted in `stats`. Where
// nothing waits, work of any size is let in.
absl::Status Admit(const LaneLoad& load, size_t rows, const base::CallContext& context,
                   absl::Time now, LaneStats& stats);

// What jobs get that nobody waits for any more.
absl::Status ExpiredStatus();  // DeadlineExceeded
absl::Status GoneStatus();     // Cancelled
// What new work gets while the server ends: Unavailable (SHUTTING_DOWN) with a time to try again.
absl::Status ShuttingDownStatus();

}  // namespace aifx::serving

#endif  // AIFX_CORE_SERVING_ADMISSION_H_
