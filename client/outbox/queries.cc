#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/outbox/ordering.h"
#include "client/outbox/outbox.h"
#include "core/base/status_macros.h"
#include "core/base/violation.h"

namespace aifx::outbox {
namespace {

using records::SubmissionKind;
using records::SubmissionReceipt;
using records::SubmissionState;

constexpr int64_t kPurgeBatch = 5000;

absl::string_view KindName(SubmissionKind kind) {
  return kind == SubmissionKind::kPrediction ? "prediction" : "outcome";
}

absl::Status NotKept(SubmissionKind kind, const std::string& request_id) {
  return base::WithReason(
      absl::NotFoundError(absl::StrCat("the outbox keeps no ", KindName(kind), " ", request_id,
                                       ": it was never submitted here, or is forgotten")),
      "SUBMISSION_NOT_FOUND");
}

// What keeps an entry from being sent again, or OK.
absl::StatusOr<bool> MayBeRequeued(EntryTable& table, const Entry& entry, absl::Status& refusal) {
  if (entry.state != SubmissionState::kDead && entry.state != SubmissionState::kUnknown) {
    refusal = absl::FailedPreconditionError(
        absl::StrCat("the ", KindName(entry.kind), " ", entry.request_id,
                     " is neither DEAD nor UNKNOWN: it needs no requeue"));
    return false;
  }
  if (entry.kind == SubmissionKind::kPrediction) return true;
  AIFX_ASSIGN_OR_RETURN(const std::optional<Entry> prediction,
                        table.Find(SubmissionKind::kPrediction, entry.request_id));
  if (!prediction.has_value() || prediction->state != SubmissionState::kDead) return true;
  refusal = absl::FailedPreconditionError(
      absl::StrCat("the prediction ", entry.request_id,
                   " is DEAD: requeue that one, and its outcome goes with it"));
  return false;
}

}  // namespace

absl::StatusOr<SubmissionReceipt> Outbox::Await(SubmissionKind kind, const std::string& request_id,
                                                const base::CallContext& context) {
  Answers::Place place(answers_, kind, request_id);
  std::optional<Entry> entry;
  // Without the context: an error of the writer would say that nothing was kept.
  const absl::Status status = writer_.Execute([&](EntryTable& table) -> absl::Status {
    AIFX_ASSIGN_OR_RETURN(entry, table.Find(kind, request_id));
    return absl::OkStatus();
  });
  if (absl::IsUnavailable(status)) {
    return absl::CancelledError(absl::StrCat("the engine is stopping; the ", KindName(kind), " ",
                                             request_id, " is kept and goes on"));
  }
  AIFX_RETURN_IF_ERROR(status);
  if (!entry.has_value()) return NotKept(kind, request_id);
  if (IsAnswered(*entry)) return ReceiptOf(*entry);
  return place.Wait(entry->revision, context);
}

absl::StatusOr<SubmissionReceipt> Outbox::Get(SubmissionKind kind, const std::string& request_id,
                                              const base::CallContext& context) {
  std::optional<Entry> entry;
  const absl::Status status = writer_.Execute(
      [&](EntryTable& table) -> absl::Status {
        AIFX_ASSIGN_OR_RETURN(entry, table.Find(kind, request_id));
        return absl::OkStatus();
      },
      context);
  AIFX_RETURN_IF_ERROR(status);
  if (!entry.has_value()) return NotKept(kind, request_id);
  return ReceiptOf(*entry);
}

absl::StatusOr<records::SubmissionPage> Outbox::List(const records::SubmissionQuery& query,
                                                     const base::CallContext& context) {
  if (query.limit < 1 || query.limit > 1000) {
    return base::InvalidArgument(
        {{"limit", absl::StrCat("limit ", query.limit, " is outside 1..1000")}});
  }
  std::vector<Entry> entries;
  const absl::Status status = writer_.Execute(
      [&](EntryTable& table) -> absl::Status {
        AIFX_ASSIGN_OR_RETURN(
            entries, table.List(query.states, std::max<int64_t>(0, query.before), query.limit + 1));
        return absl::OkStatus();
      },
      context);
  AIFX_RETURN_IF_ERROR(status);
  records::SubmissionPage page;
  if (static_cast<int64_t>(entries.size()) > query.limit) {
    entries.pop_back();
    page.next = entries.back().sequence;
  }
  for (const Entry& entry : entries) page.submissions.push_back(ReceiptOf(entry));
  return page;
}

absl::StatusOr<SubmissionReceipt> Outbox::Requeue(SubmissionKind kind,
                                                  const std::string& request_id,
                                                  const base::CallContext& context) {
  std::optional<Entry> before, after;
  absl::Status refusal;
  const absl::Status status = writer_.Execute(
      [&](EntryTable& table) -> absl::Status {
        AIFX_ASSIGN_OR_RETURN(before, table.Find(kind, request_id));
        if (!before.has_value()) return absl::OkStatus();
        AIFX_ASSIGN_OR_RETURN(const bool allowed, MayBeRequeued(table, *before, refusal));
        if (!allowed) return absl::OkStatus();
        after = before;
        after->state = SubmissionState::kQueued;
        ++after->revision;
        after->queued_at = clock_.Now();
        after->next_attempt_at = after->queued_at;
        after->failures = 0;
        after->error = absl::OkStatus();
        AIFX_RETURN_IF_ERROR(table.Update(*before, *after));
        if (kind == SubmissionKind::kOutcome) return absl::OkStatus();
        if (before->state == SubmissionState::kUnknown) {
          AIFX_RETURN_IF_ERROR(table.AddToCounter(kPossibleDuplicates, 1));
        }
        std::vector<Entry> changed;
        return FollowPrediction(table, *after, after->queued_at, changed);
      },
      context);
  AIFX_RETURN_IF_ERROR(status);
  if (!before.has_value()) return NotKept(kind, request_id);
  AIFX_RETURN_IF_ERROR(refusal);
  if (before->state == SubmissionState::kUnknown) {
    logger_.Warning(
        "an operator sends a prediction again that may have been stored: a duplicate "
        "cannot be excluded",
        {{"submission", request_id}});
  }
  if (drainer_ != nullptr) drainer_->Wake();
  return ReceiptOf(*after);
}

absl::StatusOr<int64_t> Outbox::Purge(const std::vector<SubmissionState>& states,
                                      absl::Duration older_than, const base::CallContext& context) {
  for (const SubmissionState state : states) {
    if (state == SubmissionState::kAcked || state == SubmissionState::kDead) continue;
    return base::InvalidArgument(
        {{"states", "states may hold ACKED and DEAD only: what is still to be sent is not lost"}});
  }
  const absl::Time before = clock_.Now() - older_than;
  int64_t purged = 0;
  for (const SubmissionState state : states) {
    // In pieces, so that nobody waits behind a long transaction.
    for (int64_t removed = kPurgeBatch; removed == kPurgeBatch;) {
      const absl::Status status = writer_.Execute(
          [&](EntryTable& table) -> absl::Status {
            AIFX_ASSIGN_OR_RETURN(removed, table.Delete(state, before, kPurgeBatch));
            return absl::OkStatus();
          },
          context);
      AIFX_RETURN_IF_ERROR(status);
      purged += removed;
    }
  }
  return purged;
}

absl::StatusOr<OutboxStats> Outbox::Stats(const base::CallContext& context) {
  OutboxStats stats{.disk = writer_.disk_status(), .put_aside = put_aside_};
  const absl::Status status = writer_.Execute(
      [&](EntryTable& table) -> absl::Status {
        stats.usage = table.usage();
        AIFX_ASSIGN_OR_RETURN(const std::optional<absl::Time> oldest, table.OldestOpen());
        if (oldest.has_value()) stats.oldest_open = clock_.Now() - *oldest;
        AIFX_ASSIGN_OR_RETURN(stats.possible_duplicates, table.Counter(kPossibleDuplicates));
        AIFX_ASSIGN_OR_RETURN(stats.duplicates_found, table.Counter(kDuplicatesFound));
        return absl::OkStatus();
      },
      context);
  AIFX_RETURN_IF_ERROR(status);
  if (drainer_ != nullptr) {
    const Gate gate = drainer_->gate();
    stats.paused = gate.mode == Gate::Mode::kPaused;
    stats.probing = gate.mode == Gate::Mode::kProbing;
  }
  return stats;
}

}  // namespace aifx::outbox
