#ifndef AIFX_TESTS_SUPPORT_FAKE_SUBMISSION_STORE_H_
#define AIFX_TESTS_SUPPORT_FAKE_SUBMISSION_STORE_H_

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/mutex.h"
#include "core/records/submission_store.h"

namespace aifx::testing {

// A SubmissionStore in memory that sends nothing: what it keeps stays kQueued until a test changes
// its standing. Compares contents by what a test varies (entry price and profit). Thread-safe.
class FakeSubmissionStore final : public records::SubmissionStore {
 public:
  // Every call fails with this, once it is not OK.
  void FailWith(absl::Status status) {
    base::MutexLock lock(mutex_);
    failure_ = std::move(status);
  }

  // What everything that is submitted from now on becomes at once.
  void AnswerWith(records::SubmissionState state, absl::Status error = absl::OkStatus()) {
    base::MutexLock lock(mutex_);
    state_ = state;
    error_ = std::move(error);
  }

  // What everything becomes that is awaited.
  void AnswerAwaitsWith(records::SubmissionState state) {
    base::MutexLock lock(mutex_);
    awaited_ = state;
  }

  // The arguments of the newest call that had them.
  std::optional<records::Acknowledge> last_until() {
    base::MutexLock lock(mutex_);
    return last_until_;
  }
  base::CallContext last_context() {
    base::MutexLock lock(mutex_);
    return last_context_;
  }
  absl::Duration last_older_than() {
    base::MutexLock lock(mutex_);
    return last_older_than_;
  }

  absl::StatusOr<records::SubmissionReceipt> Submit(const records::Submission& submission,
                                                    records::Acknowledge until,
                                                    const base::CallContext& context) override {
    return Keep(records::SubmissionKind::kPrediction, submission.request_id, submission.entry_price,
                until, context);
  }

  absl::StatusOr<records::SubmissionReceipt> SubmitOutcome(
      const records::OutcomeUpdate& update, records::Acknowledge until,
      const base::CallContext& context) override {
    auto receipt = Keep(records::SubmissionKind::kOutcome, update.prediction_id, 0, until, context);
    if (receipt.ok() && receipt->state == records::SubmissionState::kAcked) {
      receipt->outcome = records::OutcomeReceipt{.backend_prediction_id = "backend-1",
                                                 .outcome = update.outcome,
                                                 .pnl_pips = update.pnl_pips,
                                                 .duration_minutes = 90};
    }
    return receipt;
  }

  absl::StatusOr<records::SubmissionReceipt> Await(records::SubmissionKind kind,
                                                   const std::string& request_id,
                                                   const base::CallContext& context) override {
    base::MutexLock lock(mutex_);
    last_context_ = context;
    Kept* kept = Find(kind, request_id);
    if (kept == nullptr) return absl::NotFoundError(request_id + " is not kept here");
    kept->receipt.state = awaited_;
    return kept->receipt;
  }

  absl::StatusOr<records::SubmissionReceipt> Get(records::SubmissionKind kind,
                                                 const std::string& request_id,
                                                 const base::CallContext&) override {
    base::MutexLock lock(mutex_);
    if (!failure_.ok()) return failure_;
    const Kept* kept = Find(kind, request_id);
    if (kept == nullptr) return absl::NotFoundError(request_id + " is not kept here");
    return kept->receipt;
  }

  absl::StatusOr<records::SubmissionPage> List(const records::SubmissionQuery& query,
                                               const base::CallContext&) override {
    base::MutexLock lock(mutex_);
    if (!failure_.ok()) return failure_;
    records::SubmissionPage page;
    int64_t number = query.before == 0 ? static_cast<int64_t>(kept_.size()) : query.before - 1;
    for (; number > 0; --number) {
      const auto& receipt = kept_[static_cast<size_t>(number - 1)].receipt;
      if (!query.states.empty() && std::find(query.states.begin(), query.states.end(),
                                             receipt.state) == query.states.end()) {
        continue;
      }
      page.submissions.push_back(receipt);
      if (static_cast<int64_t>(page.submissions.size()) < query.limit) continue;
      page.next = number > 1 ? number : 0;
      break;
    }
    return page;
  }

  absl::StatusOr<records::SubmissionReceipt> Requeue(records::SubmissionKind kind,
                                                     const std::string& request_id,
                                                     const base::CallContext&) override {
    base::MutexLock lock(mutex_);
    if (!failure_.ok()) return failure_;
    Kept* kept = Find(kind, request_id);
    if (kept == nullptr) return absl::NotFoundError(request_id + " is not kept here");
    if (kept->receipt.state != records::SubmissionState::kDead) {
      return absl::FailedPreconditionError(request_id + " is not dead");
    }
    kept->receipt.state = records::SubmissionState::kQueued;
    kept->receipt.error = absl::OkStatus();
    return kept->receipt;
  }

  absl::StatusOr<int64_t> Purge(const std::vector<records::SubmissionState>& states,
                                absl::Duration older_than, const base::CallContext&) override {
    base::MutexLock lock(mutex_);
    if (!failure_.ok()) return failure_;
    last_older_than_ = older_than;
    const size_t before = kept_.size();
    std::erase_if(kept_, [&](const Kept& kept) {
      return std::find(states.begin(), states.end(), kept.receipt.state) != states.end();
    });
    return static_cast<int64_t>(before - kept_.size());
  }

 private:
  struct Kept {
    records::SubmissionReceipt receipt;
    double content = 0;
  };

  absl::StatusOr<records::SubmissionReceipt> Keep(records::SubmissionKind kind,
                                                  const std::string& request_id, double content,
                                                  records::Acknowledge until,
                                                  const base::CallContext& context) {
    base::MutexLock lock(mutex_);
    last_until_ = until;
    last_context_ = context;
    if (!failure_.ok()) return failure_;
    if (const Kept* kept = Find(kind, request_id); kept != nullptr) {
      if (kept->content == content) return kept->receipt;
      return absl::AlreadyExistsError(request_id + " was submitted with other content");
    }
    records::SubmissionReceipt receipt{.request_id = request_id, .state = state_, .kind = kind};
    receipt.error = error_;
    if (state_ == records::SubmissionState::kAcked) receipt.backend_prediction_id = "backend-1";
    kept_.push_back({receipt, content});
    return receipt;
  }

  Kept* Find(records::SubmissionKind kind, const std::string& request_id)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    for (Kept& kept : kept_) {
      if (kept.receipt.kind == kind && kept.receipt.request_id == request_id) return &kept;
    }
    return nullptr;
  }

  base::Mutex mutex_;
  std::vector<Kept> kept_ ABSL_GUARDED_BY(mutex_);  // oldest first
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);
  records::SubmissionState state_ ABSL_GUARDED_BY(mutex_) = records::SubmissionState::kQueued;
  records::SubmissionState awaited_ ABSL_GUARDED_BY(mutex_) = records::SubmissionState::kAcked;
  absl::Status error_ ABSL_GUARDED_BY(mutex_);
  std::optional<records::Acknowledge> last_until_ ABSL_GUARDED_BY(mutex_);
  base::CallContext last_context_ ABSL_GUARDED_BY(mutex_);
  absl::Duration last_older_than_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace aifx::testing

#endif  // AIFX_TESTS_SUPPORT_FAKE_SUBMISSION_STORE_H_
