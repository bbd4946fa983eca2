#include "client/outbox/entry_row.h"

#include <optional>

#include "client/outbox/payload.h"
#include "core/base/status_macros.h"

namespace aifx::outbox {
namespace {

using records::SubmissionKind;
using records::SubmissionState;

std::optional<int64_t> Micros(const std::optional<absl::Time>& time) {
  return time.has_value() ? std::optional(absl::ToUnixMicros(*time)) : std::nullopt;
}

std::optional<absl::Time> TimeOf(const std::optional<int64_t>& micros) {
  return micros.has_value() ? std::optional(absl::FromUnixMicros(*micros)) : std::nullopt;
}

}  // namespace

void BindEntry(Statement& statement, const Entry& entry) {
  statement.Bind(3, static_cast<int64_t>(entry.state))
      .Bind(4, entry.revision)
      .Bind(5, entry.content_hash)
      .Bind(6, entry.payload)
      .Bind(7, absl::ToUnixMicros(entry.queued_at))
      .Bind(8, static_cast<int64_t>(entry.attempts))
      .Bind(9, static_cast<int64_t>(entry.failures))
      .Bind(10, Micros(entry.last_attempt_at))
      .Bind(11, Micros(entry.unsure_since))
      .Bind(12, Micros(entry.unsure_since_backend))
      .Bind(13, Micros(entry.next_attempt_at))
      .Bind(14, entry.backend_id)
      .Bind(15, static_cast<int64_t>(entry.error.code()))
      .Bind(16, entry.error.message())
      .Bind(17, entry.outcome.has_value() ? OutcomeReceiptText(*entry.outcome) : "");
}

absl::StatusOr<Entry> EntryOf(const Statement& row) {
  Entry entry{.sequence = row.Integer(0),
              .kind = static_cast<SubmissionKind>(row.Integer(1)),
              .request_id = row.Text(2),
              .state = static_cast<SubmissionState>(row.Integer(3)),
              .revision = row.Integer(4),
              .content_hash = row.Text(5),
              .payload = row.Text(6),
              .created_at = absl::FromUnixMicros(row.Integer(7)),
              .queued_at = absl::FromUnixMicros(row.Integer(8)),
              .attempts = static_cast<int32_t>(row.Integer(9)),
              .failures = static_cast<int32_t>(row.Integer(10)),
              .last_attempt_at = TimeOf(row.OptionalInteger(11)),
              .unsure_since = TimeOf(row.OptionalInteger(12)),
              .unsure_since_backend = TimeOf(row.OptionalInteger(13)),
              .next_attempt_at = TimeOf(row.OptionalInteger(14)),
              .backend_id = row.Text(15),
              .error = absl::Status(static_cast<absl::StatusCode>(row.Integer(16)), row.Text(17))};
  if (const std::string receipt = row.Text(18); !receipt.empty()) {
    AIFX_ASSIGN_OR_RETURN(entry.outcome, ParseOutcomeReceipt(receipt));
  }
  return entry;
}

}  // namespace aifx::outbox
