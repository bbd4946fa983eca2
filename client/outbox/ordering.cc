#include "client/outbox/ordering.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"

namespace aifx::outbox {
namespace {

using records::SubmissionKind;
using records::SubmissionState;

bool Waits(const Entry& outcome) {
  return outcome.state == SubmissionState::kQueued && !outcome.next_attempt_at.has_value();
}

// Dead because its prediction is, which is told by its never having been sent.
bool DiedWithPrediction(const Entry& outcome) {
  return outcome.state == SubmissionState::kDead && absl::IsFailedPrecondition(outcome.error);
}

}  // namespace

Entry PlaceOutcome(Entry outcome, const std::optional<Entry>& prediction, absl::Time due) {
  outcome.state = SubmissionState::kQueued;
  outcome.next_attempt_at = due;
  if (!prediction.has_value() || prediction->state == SubmissionState::kAcked) return outcome;
  outcome.next_attempt_at.reset();
  if (prediction->state == SubmissionState::kDead) {
    outcome.state = SubmissionState::kDead;
    outcome.error = absl::FailedPreconditionError(
        absl::StrCat("its prediction is DEAD: requeue that one, and the outcome goes with it (",
                     prediction->error.message(), ")"));
  }
  return outcome;
}

Entry ReplaceOutcome(const Entry& existing, const Entry& newer,
                     const std::optional<Entry>& prediction) {
  Entry replaced = existing;
  ++replaced.revision;
  replaced.content_hash = newer.content_hash;
  replaced.payload = newer.payload;
  replaced.queued_at = newer.queued_at;
  replaced.failures = 0;
  replaced.outcome.reset();
  if (existing.state == SubmissionState::kInflight) return replaced;
  replaced.error = absl::OkStatus();
  // An older one that may still be on its way must not arrive after this one.
  absl::Time due = newer.queued_at;
  if (existing.state == SubmissionState::kQueued) {
    due = std::max(due, existing.next_attempt_at.value_or(due));
  }
  return PlaceOutcome(std::move(replaced), prediction, due);
}

absl::Status FollowPrediction(EntryTable& table, const Entry& prediction, absl::Time now,
                              std::vector<Entry>& changed) {
  AIFX_ASSIGN_OR_RETURN(const std::optional<Entry> outcome,
                        table.Find(SubmissionKind::kOutcome, prediction.request_id));
  if (!outcome.has_value()) return absl::OkStatus();
  const bool revived = DiedWithPrediction(*outcome) && prediction.state != SubmissionState::kDead;
  if (!Waits(*outcome) && !revived) return absl::OkStatus();
  Entry placed = *outcome;
  if (revived) {
    placed.error = absl::OkStatus();
    placed.queued_at = now;
    placed.failures = 0;
  }
  placed = PlaceOutcome(std::move(placed), prediction, now);
  AIFX_RETURN_IF_ERROR(table.Update(*outcome, placed));
  changed.push_back(std::move(placed));
  return absl::OkStatus();
}

}  // namespace aifx::outbox
