#include "client/outbox/drainer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/outbox/ordering.h"
#include "client/outbox/payload.h"
#include "core/base/status_macros.h"
#include "core/base/violation.h"

namespace aifx::outbox {
namespace {

using records::SubmissionKind;
using records::SubmissionState;

// The longest that a thread sleeps although nobody wakes it: work becomes due by time, too.
constexpr absl::Duration kPoll = absl::Seconds(1);
constexpr absl::Duration kTrimInterval = absl::Minutes(1);
constexpr int64_t kTrimBatch = 5000;
constexpr int64_t kLookupBatch = 500;
constexpr int64_t kClaimScan = 16;

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

}  // namespace

Drainer::~Drainer() { Stop(absl::ZeroDuration()); }

void Drainer::Start() {
  for (int i = 0; i < options_.workers; ++i) threads_.emplace_back([this] { Work(); });
}

void Drainer::Wake() {
  base::MutexLock lock(mutex_);
  work_hint_ = true;
  wake_.NotifyOne();
}

void Drainer::Stop(absl::Duration grace) {
  {
    base::MutexLock lock(mutex_);
    stopping_ = true;
    wake_.NotifyAll();
    while (in_flight_ > 0 && grace > absl::ZeroDuration()) {
      if (!idle_.WaitFor(mutex_, grace)) break;
    }
  }
  cancelled_->store(true, std::memory_order_release);
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

Gate Drainer::gate() const {
  base::MutexLock lock(mutex_);
  return gate_;
}

void Drainer::Work() {
  while (true) {
    if (Step()) continue;
    base::MutexLock lock(mutex_);
    if (!work_hint_ && !stopping_) wake_.WaitFor(mutex_, kPoll);
    work_hint_ = false;
    if (stopping_) return;
  }
}

bool Drainer::Begin(bool& may_look_up) {
  base::MutexLock lock(mutex_);
  if (stopping_ || !MayStart(gate_, deps_.clock.Now(), in_flight_)) return false;
  ++in_flight_;
  may_look_up = !looking_up_;
  looking_up_ = true;
  return true;
}

void Drainer::End(bool looked_up) {
  base::MutexLock lock(mutex_);
  --in_flight_;
  if (looked_up) looking_up_ = false;
  if (in_flight_ == 0) idle_.NotifyAll();
}

bool Drainer::Step() {
  const absl::Time now = deps_.clock.Now();
  if (!RecordPending()) return false;
  HouseKeep(now);
  bool may_look_up = false;
  if (!Begin(may_look_up)) return false;
  Job job;
  const absl::Status claimed = deps_.writer.Execute(
      [&](EntryTable& table) { return Claim(table, now, may_look_up, job); });
  const bool is_lookup = claimed.ok() && std::holds_alternative<LookupJob>(job);
  if (may_look_up && !is_lookup) {
    base::MutexLock lock(mutex_);
    looking_up_ = false;
  }
  const bool found = claimed.ok() && !std::holds_alternative<std::monostate>(job);
  if (found) {
    Wake();  // there may be more, for another thread
    if (is_lookup) {
      LookUp(std::get<LookupJob>(job));
    } else {
      Send(std::get<SendJob>(job));
    }
  }
  End(is_lookup);
  return found;
}

absl::Status Drainer::Claim(EntryTable& table, absl::Time now, bool may_look_up, Job& job) {
  job = std::monostate();
  if (may_look_up) {
    LookupJob lookup;
    for (const SubmissionState state : {SubmissionState::kUnknown, SubmissionState::kAcked}) {
      AIFX_ASSIGN_OR_RETURN(std::vector<Entry> due, table.Due(state, now, kLookupBatch));
      std::move(due.begin(), due.end(), std::back_inserter(lookup.entries));
    }
    if (!lookup.entries.empty()) {
      job = std::move(lookup);
      return absl::OkStatus();
    }
  }
  while (true) {
    AIFX_ASSIGN_OR_RETURN(const bool again, ClaimOne(table, now, job));
    if (!again) return absl::OkStatus();
  }
}

absl::StatusOr<bool> Drainer::ClaimOne(EntryTable& table, absl::Time now, Job& job) {
  AIFX_ASSIGN_OR_RETURN(const std::vector<Entry> due,
                        table.Due(SubmissionState::kQueued, now, kClaimScan));
  for (const Entry& entry : due) {
    SendJob send{entry, ""};
    if (entry.kind == SubmissionKind::kOutcome) {
      AIFX_ASSIGN_OR_RETURN(const std::optional<Entry> prediction,
                            table.Find(SubmissionKind::kPrediction, entry.request_id));
      const Entry placed = PlaceOutcome(entry, prediction, now);
      if (!placed.next_attempt_at.has_value()) {  // its prediction was accepted after it
        AIFX_RETURN_IF_ERROR(table.Update(entry, placed));
        continue;
      }
      if (prediction.has_value()) send.backend_id = prediction->backend_id;
    }
    send.entry = AtSend(entry, now, deps_.delivery.ClockOffset());
    AIFX_RETURN_IF_ERROR(table.Update(entry, send.entry));
    job = std::move(send);
    return false;
  }
  return due.size() == static_cast<size_t>(kClaimScan);
}

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
    absl::StatusOr<std::string> id = submission.ok()
                                         ? deps_.delivery.PostPrediction(*submission, context)
                                         : submission.status();
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
  const Entry after =
      AfterAttempt(std::move(entry), end, status, now, options_.delivery, deps_.uniform());
  Record([sent = job.entry, after, now, policy = options_.delivery](
             EntryTable& table, std::vector<Entry>& changed) {
    return ApplyAttempt(table, sent, after, now, policy, changed);
  });
}

void Drainer::LookUp(const LookupJob& job) {
  std::vector<backend::Sought> sought;
  for (const Entry& entry : job.entries) sought.push_back(SoughtOf(entry));
  const backend::LookupResult result =
      deps_.delivery.LookUp(sought, Context(options_.lookup_timeout));
  if (!result.status.ok()) {
    deps_.logger.Warning("a look-up of submissions was not completed",
                         {{"sought", absl::StrCat(sought.size())},
                          {"cause", std::string(result.status.message())}});
  }
  // A look-up is a read: what failed was not applied.
  AttemptEnd end = EndOfPrediction(result.status);
  if (end == AttemptEnd::kAmbiguous) end = AttemptEnd::kNotApplied;
  NoteEnd(end, result.status);
  const absl::Time now = deps_.clock.Now();
  std::vector<LookupVerdict> verdicts;
  int64_t duplicates = 0;
  for (const Entry& entry : job.entries) {
    verdicts.push_back(AfterLookup(entry, result, now, options_.delivery, deps_.uniform()));
    duplicates += verdicts.back().duplicates;
    if (verdicts.back().duplicates > 0) {
      deps_.logger.Error("the backend holds a submission more than once",
                         {{"submission", entry.request_id},
                          {"duplicates", absl::StrCat(verdicts.back().duplicates)}});
    }
  }
  Record([before = job.entries, verdicts, duplicates, now](EntryTable& table,
                                                           std::vector<Entry>& changed) {
    for (size_t i = 0; i < before.size(); ++i) {
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
  });
}

void Drainer::Record(std::function<absl::Status(EntryTable&, std::vector<Entry>&)> change) {
  std::vector<Entry> changed;
  const absl::Status status = deps_.writer.Execute([&](EntryTable& table) {
    changed.clear();
    return change(table, changed);
  });
  if (!status.ok()) {
    deps_.logger.Error("the outbox cannot record what the backend answered; it will try again",
                       {{"cause", std::string(status.message())}});
    base::MutexLock lock(mutex_);
    pending_.push_back(std::move(change));
    return;
  }
  for (const Entry& entry : changed) {
    LogEnd(entry);
    deps_.on_change(entry);
  }
  if (changed.size() > 1) Wake();
}

bool Drainer::RecordPending() {
  decltype(pending_) pending;
  {
    base::MutexLock lock(mutex_);
    pending.swap(pending_);
  }
  for (auto& change : pending) Record(std::move(change));
  base::MutexLock lock(mutex_);
  return pending_.empty();
}

void Drainer::NoteEnd(AttemptEnd end, const absl::Status& status) {
  const absl::Duration retry_after = absl::Seconds(std::max(0.0, base::RetryAfterSecondsOf(status)));
  Gate before, after;
  {
    base::MutexLock lock(mutex_);
    before = gate_;
    gate_ = AfterEnd(gate_, end, retry_after, deps_.clock.Now(), options_.delivery,
                     deps_.uniform());
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

void Drainer::HouseKeep(absl::Time now) {
  bool trim = false;
  absl::Duration jump;
  {
    base::MutexLock lock(mutex_);
    if (now < last_now_) jump = now - last_now_;
    last_now_ = now;
    if (jump < absl::ZeroDuration()) {
      gate_.next_probe += jump;
      next_trim_ += jump;
    }
    if (now >= next_trim_) {
      trim = true;
      next_trim_ = now + kTrimInterval;
    }
  }
  // What was due in a minute must not wait for an hour because the clock was set back.
  if (jump < -absl::Seconds(1)) {
    deps_.writer.Execute([&](EntryTable& table) { return table.ShiftDue(jump); }).IgnoreError();
  }
  if (!trim) return;
  deps_.writer
      .Execute([&](EntryTable& table) {
        AIFX_RETURN_IF_ERROR(
            table.Delete(SubmissionState::kAcked, now - options_.keep_acked, kTrimBatch).status());
        const int64_t excess =
            table.usage().Rows(SubmissionState::kAcked) - options_.max_acked_rows;
        if (excess <= 0) return absl::OkStatus();
        return table.Delete(SubmissionState::kAcked, now, std::min(excess, kTrimBatch)).status();
      })
      .IgnoreError();
}

}  // namespace aifx::outbox
