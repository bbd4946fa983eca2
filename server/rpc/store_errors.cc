#include "server/rpc/store_errors.h"

#include <string>
#include <utility>

#include "core/base/violation.h"

namespace aifx::rpc {
namespace {

// A full store empties as fast as the backend answers: soon, or when an outage ends.
constexpr double kFullRetrySeconds = 30;
constexpr char kDiskFull[] = "OUTBOX_DISK_FULL";

std::string ReasonFor(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kAlreadyExists:
      return "SUBMISSION_EXISTS";
    case absl::StatusCode::kResourceExhausted:
      return "OUTBOX_FULL";
    case absl::StatusCode::kNotFound:
      return "SUBMISSION_NOT_FOUND";
    case absl::StatusCode::kFailedPrecondition:
      return "SUBMISSION_NOT_STUCK";
    default:
      return "";  // the code's own name
  }
}

}  // namespace

absl::Status StoreError(const absl::Status& status) {
  absl::Status result = status;
  if (base::ReasonOf(status) == kDiskFull) {
    result = base::WithReason(
        absl::ResourceExhaustedError(
            "the disk of the server's outbox is full, and this submission was not kept: try again "
            "when there is space"),
        kDiskFull);
  }
  if (const std::string reason = ReasonFor(status.code());
      !reason.empty() && base::ReasonOf(status).empty()) {
    result = base::WithReason(result, reason);
  }
  if (status.code() == absl::StatusCode::kResourceExhausted &&
      base::RetryAfterSecondsOf(status) < 0) {
    result = base::WithRetryAfter(result, kFullRetrySeconds);
  }
  return result;
}

absl::StatusOr<records::SubmissionReceipt> AnswerOf(
    absl::StatusOr<records::SubmissionReceipt> receipt, records::Acknowledge until) {
  if (!receipt.ok()) return StoreError(receipt.status());
  const bool refused = until == records::Acknowledge::kWhenAnswered &&
                       receipt->state == records::SubmissionState::kDead && !receipt->error.ok();
  if (refused) return std::move(receipt->error);
  return receipt;
}

}  // namespace aifx::rpc
