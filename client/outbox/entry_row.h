#ifndef AIFX_CLIENT_OUTBOX_ENTRY_ROW_H_
#define AIFX_CLIENT_OUTBOX_ENTRY_ROW_H_

#include "absl/status/statusor.h"
#include "client/outbox/entry.h"
#include "client/outbox/sqlite.h"

namespace aifx::outbox {

// An Entry as a row of `submissions`, and back.

// The columns in the order that EntryOf reads them.
inline constexpr char kEntryColumns[] =
    "sequence, kind, request_id, state, revision, content_hash, payload, created_at_us, "
    "queued_at_us, attempts, failures, last_attempt_us, unsure_since_us, unsure_since_backend_us, "
    "next_attempt_us, backend_id, error_code, error_message, receipt";

// Binds parameters ?3 to ?17: everything that may change, from state to receipt.
void BindEntry(Statement& statement, const Entry& entry);

// The row that a SELECT of kEntryColumns stands at. DATA_LOSS for a receipt that was not written
// here.
absl::StatusOr<Entry> EntryOf(const Statement& row);

}  // namespace aifx::outbox

#endif  // AIFX_CLIENT_OUTBOX_ENTRY_ROW_H_
