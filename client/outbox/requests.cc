// What the drainer says to the backend, and what it makes of the answers.

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/outbox/drainer.h"
#include "client/outbox/ordering.h"
#include "client/outbox/payload.h"
#include "core/base/status_macros.h"
#include "core/base/violation.h"

namespace aifx::outbox {
namespace {

using records::SubmissionKind;
using records::SubmissionState;

// Applies the result of a request to the entry as it is now. Where its revision has changed
// meanwhile, the result is about older content: the new content goes in its place.
absl::Status ApplyAttempt(EntryTable& table, const Entry& sent, Entry after, absl::Time now,
                          const DeliveryPolicy& policy, std::vector<Entry>& changed) {
  AIFX_ASSIGN_OR_RETURN(const std::optional<Entry> current, table.Get(sent.sequence));
  if (!current.has_value() || current->state != SubmissionState::kInflight) {
    return absl::OkStatus();
  }
  if (current->revision != sent.revision) {
    const bool open = after.state == SubmissionState::kQueued;
    after = *current;
    after.state = SubmissionState::kQueued;
    after.next_attempt_at = open ? now + policy.settle : now;
  }
  AIFX_RETURN_IF_ERROR(table.Update(*current, after));
  changed.push_back(after);
  if (after.kind == SubmissionKind::kPrediction && IsAnswered(after)) {
    AIFX_RETURN_IF_ERROR(FollowPrediction(table, after, now, changed));
  }
  return absl::OkStatus();
}

// The same for a look-up.
absl::Status ApplyLookup(EntryTable& table, const std::vector<Entry>& before,
                         const std::vector<LookupVerdict>& verdicts, absl::Time now,
                         std::vector<Entry>& changed) {
  int64_t duplicates = 0;
  for (size_t i = 0; i < before.size(); ++i) {
    duplicates += verdicts[i].duplicates;
    AIFX_ASSIGN_OR_RETURN(const std::optional<Entry> current, table.Get(before[i].sequence));
    // An operator was quicker.
    if (!current.has_value() || current->state != before[i].state ||
        current->revision != before[i].revision) {
      continue;
    }
    const Entry& after = verdicts[i].entry;
    AIFX_RETURN_IF_ERROR(table.Update(*current, after));
    if (after.state == before[i].state) continue;
    changed.push_back(after);
    if (IsAnswered(after)) AIFX_RETURN_IF_ERROR(FollowPrediction(table, after, now, changed));
  }
  return duplicates > 0 ? table.AddToCounter(kDuplicatesFound, duplicates) : absl::OkStatus();
}

}  // namespace

base::CallContext Drainer::Context(absl::Duration timeout) const {
  return {.deadline = deps_.clock.Now() + timeout, .cancelled = cancelled_};
}

void Drainer::Send(const SendJob& job) {
  base::CallContext context = Context(options_.delivery.request_timeout);
  context.request_id = job.entry.request_id;
  Entry entry = job.entry;
  absl::Status status;
  AttemptEnd end;
  if (entry.kind == SubmissionKind::kPrediction) {
    const auto submission = ParseSubmission(entry.payload, entry.request_id);
    absl::StatusOr<std::string> id =
        submission.ok() ? deps_.delivery.PostPrediction(*submission, context) : submission.status();
    status = id.status();
    end = submission.ok() ? EndOfPrediction(status) : AttemptEnd::kRefused;
    if (id.ok()) entry.backend_id = *std::move(id);
  } else {
    const auto update = ParseOutcomeUpdate(
        entry.payload, job.backend_id.empty() ? entry.request_id : job.backend_id);
    absl::StatusOr<records::OutcomeReceipt> receipt =
        update.ok() ? deps_.delivery.PutOutcome(*update, context) : update.status();
    status = receipt.status();
    end = update.ok() ? EndOfOutcome(status) : AttemptEnd::kRefused;
    if (receipt.ok()) {
      entry.backend_id = receipt->backend_prediction_id;
      entry.outcome = *std::move(receipt);
    }
  }
  const absl::Time now = deps_.clock.Now();
  NoteEnd(end, status);
  NoteRoute(entry.kind, status);
  const Entry after =
      AfterAttempt(std::move(entry), end, status, now, options_.delivery, deps_.uniform());
  Record([sent = job.entry, after, now, policy = options_.delivery](EntryTable& table,
                                                                    std::vector<Entry>& changed) {
    return ApplyAttempt(table, sent, after, now, policy, changed);
  });
}

void Drainer::LookUp(const LookupJob& job) {
  std::vector<backend::Sought> sought;
  for (const Entry& entry : job.entries) sought.push_back(SoughtOf(entry));
  const backend::LookupResult result =
      deps_.delivery.LookUp(sought, Context(options_.lookup_timeout));
  if (!result.status.ok()) {
    deps_.logger.Warning(
        "a look-up of submissions was not completed",
        {{"sought", absl::StrCat(sought.size())}, {"cause", std::string(result.status.message())}});
  }
  // A look-up is a read: what failed was not applied.
  AttemptEnd end = EndOfPrediction(result.status);
  if (end == AttemptEnd::kAmbiguous) end = AttemptEnd::kNotApplied;
  NoteEnd(end, result.status);
  const absl::Time now = deps_.clock.Now();
  std::vector<LookupVerdict> verdicts;
  for (const Entry& entry : job.entries) {
    verdicts.push_back(AfterLookup(entry, result, now, options_.delivery, deps_.uniform()));
    if (verdicts.back().duplicates > 0) {
      deps_.logger.Error("the backend holds a submission more than once",
                         {{"submission", entry.request_id},
                          {"duplicates", absl::StrCat(verdicts.back().duplicates)}});
    }
  }
  Record([before = job.entries, verdicts, now](EntryTable& table, std::vector<Entry>& changed) {
    return ApplyLookup(table, before, verdicts, now, changed);
  });
}

void Drainer::NoteEnd(AttemptEnd end, const absl::Status& status) {
  const absl::Duration retry_after =
      absl::Seconds(std::max(0.0, base::RetryAfterSecondsOf(status)));
  Gate before, after;
  {
    base::MutexLock lock(mutex_);
    before = gate_;
    gate_ =
        AfterEnd(gate_, end, retry_after, deps_.clock.Now(), options_.delivery, deps_.uniform());
    after = gate_;
  }
  if (before.mode == after.mode) return;
  const base::LogFields cause = {{"cause", std::string(status.message())}};
  switch (after.mode) {
    case Gate::Mode::kPaused:
      deps_.logger.Error(
          "the outbox is paused: the backend refuses our key; submissions are kept, none is sent",
          cause);
      return;
    case Gate::Mode::kProbing:
      deps_.logger.Warning("the backend fails: the outbox sends one request at a time", cause);
      return;
    case Gate::Mode::kOpen:
      deps_.logger.Info("the outbox sends again");
      return;
  }
}

void Drainer::NoteRoute(SubmissionKind kind, const absl::Status& status) {
  const bool missing = absl::IsUnimplemented(status);
  if (!missing && !status.ok()) return;
  {
    base::MutexLock lock(mutex_);
    bool& noted = no_route_[kind == SubmissionKind::kPrediction ? 0 : 1];
    if (noted == missing) return;
    noted = missing;
  }
  if (!missing) return;
  deps_.logger.Error(
      "the backend lacks a route: submissions are kept until it is there; check BACKEND_API_URL "
      "and the backend's version",
      {{"cause", std::string(status.message())}});
}

void Drainer::LogEnd(const Entry& entry) {
  const bool unknown = entry.state == SubmissionState::kUnknown;
  if (!unknown && entry.state != SubmissionState::kDead) return;
  const base::LogFields fields = {
      {"submission", entry.request_id},
      {"kind", entry.kind == SubmissionKind::kPrediction ? "prediction" : "outcome"},
      {"attempts", absl::StrCat(entry.attempts)},
      {"cause", std::string(entry.error.message())}};
  if (unknown) {
    deps_.logger.Warning("a prediction may or may not have been stored: it will be looked up",
                         fields);
  } else {
    deps_.logger.Error("a submission is dead: it needs an operator", fields);
  }
}

}  // namespace aifx::outbox
