#include "client/outbox/entry.h"

namespace aifx::outbox {

records::SubmissionReceipt ReceiptOf(const Entry& entry) {
  const bool acked = entry.state == records::SubmissionState::kAcked;
  return {.request_id = entry.request_id,
          .state = entry.state,
          .backend_prediction_id = acked ? entry.backend_id : "",
          .kind = entry.kind,
          .attempts = entry.attempts,
          .created_at = entry.created_at,
          .last_attempt_at = entry.last_attempt_at,
          // What is ACKED may be looked up once more, which is no attempt.
          .next_attempt_at = acked ? std::nullopt : entry.next_attempt_at,
          .error = acked ? absl::OkStatus() : entry.error,
          .outcome = acked ? entry.outcome : std::nullopt};
}

}  // namespace aifx::outbox
