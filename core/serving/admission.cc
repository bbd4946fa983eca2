#include "core/serving/admission.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/base/violation.h"

namespace aifx::serving {
namespace {

constexpr absl::Duration kShortestRetry = absl::Milliseconds(50);
constexpr double kRestartSeconds = 1;  // until another try, at best at another replica, makes sense

absl::string_view LaneName(Lane lane) {
  switch (lane) {
    case Lane::kInteractive:
      return "interactive";
    case Lane::kExplain:
      return "explanation";
    case Lane::kBatch:
      break;
  }
  return "batch";
}

absl::Status Exhausted(absl::string_view message, const std::string& reason, absl::Duration wait) {
  return base::WithRetryAfter(base::WithReason(absl::ResourceExhaustedError(message), reason),
                              absl::ToDoubleSeconds(std::max(wait, kShortestRetry)));
}

}  // namespace

absl::Status ExpiredStatus() {
  return absl::DeadlineExceededError("the deadline passed before the work was done");
}

absl::Status ShuttingDownStatus() {
  return base::WithRetryAfter(
      base::WithReason(absl::UnavailableError("the server is shutting down"), "SHUTTING_DOWN"),
      kRestartSeconds);
}

absl::Status GoneStatus() { return absl::CancelledError("the caller has gone away"); }

absl::Status Admit(const LaneLoad& load, size_t rows, const base::CallContext& context,
                   absl::Time now, LaneStats& stats) {
  if (context.IsCancelled()) {
    ++stats.cancelled;
    return GoneStatus();
  }
  if (context.deadline <= now) {
    ++stats.expired;
    return ExpiredStatus();
  }
  // Work larger than the lane could never come in otherwise.
  const bool has_room = load.waiting_rows == 0 || load.waiting_rows + rows <= load.max_rows;
  if (!has_room) {
    ++stats.queue_full;
    return Exhausted(absl::StrCat("the ", LaneName(load.lane), " queue is full (",
                                  load.waiting_rows, " of ", load.max_rows, " waiting)"),
                     "QUEUE_FULL", load.wait);
  }
  // Only what waits counts, not the work itself: where nothing waits, work is always taken, so that
  // an estimate which is wrong corrects itself.
  if (now + load.wait > context.deadline) {
    ++stats.too_late;
    return Exhausted(
        absl::StrCat("the predictions that wait take about ",
                     absl::FormatDuration(absl::Trunc(load.wait, absl::Milliseconds(1))),
                     ", longer than the deadline allows"),
        kQueueTooLong, load.wait);
  }
  return absl::OkStatus();
}

}  // namespace aifx::serving
