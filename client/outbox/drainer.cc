#include "client/outbox/drainer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/outbox/ordering.h"
#include "core/base/status_macros.h"

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
  if (!RecordPending()) return false;
  const absl::Time now = HouseKeep();
  bool may_look_up = false;
  if (!Begin(may_look_up)) return false;
  Job job;
  const absl::Status claimed =
      deps_.writer.Execute([&](EntryTable& table) { return Claim(table, now, may_look_up, job); });
  NoteDisk(Task::kClaim, claimed);
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

void Drainer::NoteDisk(Task task, const absl::Status& status) {
  {
    base::MutexLock lock(mutex_);
    bool& fails = disk_fails_[static_cast<size_t>(task)];
    if (fails == !status.ok()) return;
    fails = !status.ok();
  }
  const std::string what =
      task == Task::kClaim ? "take what is due: nothing is sent" : "keep house";
  if (status.ok()) {
    deps_.logger.Info("the outbox's disk works again", {{"failed_to", what}});
  } else {
    deps_.logger.Error(absl::StrCat("the outbox cannot ", what, "; it will try again"),
                       {{"cause", std::string(status.message())}});
  }
}

absl::Time Drainer::HouseKeep() {
  bool trim = false;
  absl::Time now;
  absl::Duration jump;
  {
    base::MutexLock lock(mutex_);
    // Read under the lock: a thread that was held up would else bring an older time than another
    // one left, which looks like a clock that was set back.
    now = deps_.clock.Now();
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
    NoteDisk(Task::kKeepHouse,
             deps_.writer.Execute([&](EntryTable& table) { return table.ShiftDue(jump); }));
  }
  if (trim) {
    // With nothing to write, nobody would notice that the disk has recovered.
    const bool probe = !deps_.writer.disk_status().ok();
    NoteDisk(Task::kKeepHouse,
             deps_.writer.Execute([&](EntryTable& table) { return Trim(table, now, probe); }));
  }
  return now;
}

absl::Status Drainer::Trim(EntryTable& table, absl::Time now, bool probe) const {
  if (probe) AIFX_RETURN_IF_ERROR(table.AddToCounter(kDiskProbes, 1));
  AIFX_RETURN_IF_ERROR(
      table.Delete(SubmissionState::kAcked, now - options_.keep_acked, kTrimBatch).status());
  const int64_t excess = table.usage().Rows(SubmissionState::kAcked) - options_.max_acked_rows;
  if (excess <= 0) return absl::OkStatus();
  return table.Delete(SubmissionState::kAcked, now, std::min(excess, kTrimBatch)).status();
}

}  // namespace aifx::outbox
