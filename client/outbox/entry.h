#ifndef AIFX_CLIENT_OUTBOX_ENTRY_H_
#define AIFX_CLIENT_OUTBOX_ENTRY_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "core/records/record.h"

namespace aifx::outbox {

// One row of `submissions` (docs/outbox.md says what each column means).
struct Entry {
  int64_t sequence = 0;
  records::SubmissionKind kind = records::SubmissionKind::kPrediction;
  std::string request_id;
  records::SubmissionState state = records::SubmissionState::kQueued;
  int64_t revision = 0;
  std::string content_hash;
  std::string payload;  // empty when kAcked
  absl::Time created_at;
  absl::Time queued_at;
  int32_t attempts = 0;
  int32_t failures = 0;
  std::optional<absl::Time> last_attempt_at;
  std::optional<absl::Time> unsure_since;          // by our clock
  std::optional<absl::Time> unsure_since_backend;  // by the backend's, as estimated then
  std::optional<absl::Time> next_attempt_at;
  std::string backend_id;
  absl::Status error;
  std::optional<records::OutcomeReceipt> outcome;
};

// What callers see of an entry.
records::SubmissionReceipt ReceiptOf(const Entry& entry);

// Whether nothing more happens to it by itself, so that whoever waits has an answer.
inline bool IsAnswered(const Entry& entry) {
  return entry.state == records::SubmissionState::kAcked ||
         entry.state == records::SubmissionState::kDead;
}

}  // namespace aifx::outbox

#endif  // AIFX_CLIENT_OUTBOX_ENTRY_H_
