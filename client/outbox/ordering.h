#ifndef AIFX_CLIENT_OUTBOX_ORDERING_H_
#define AIFX_CLIENT_OUTBOX_ORDERING_H_

#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "client/outbox/entry.h"
#include "client/outbox/entry_table.h"

namespace aifx::outbox {

// An outcome goes to the backend after its prediction (docs/outbox.md, "Outcomes").

// A kQueued outcome given its place: due at `due`, waiting (no next_attempt_at) while its
// prediction is under way, or kDead with it. `prediction` is the one kept here, if any. Pure.
Entry PlaceOutcome(Entry outcome, const std::optional<Entry>& prediction, absl::Time due);

// The outcome `existing` with the content of `newer`: the newest word counts. What is in flight
// goes on, and its answer settles nothing. Pure.
Entry ReplaceOutcome(const Entry& existing, const Entry& newer,
                     const std::optional<Entry>& prediction);

// Gives the outcome of a prediction that became kAcked, kDead or kQueued its new place. Adds what
// was changed to `changed`.
absl::Status FollowPrediction(EntryTable& table, const Entry& prediction, absl::Time now,
                              std::vector<Entry>& changed);

}  // namespace aifx::outbox

#endif  // AIFX_CLIENT_OUTBOX_ORDERING_H_
