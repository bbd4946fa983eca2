#ifndef AIFX_SERVER_APP_DIRECT_SUBMISSIONS_H_
#define AIFX_SERVER_APP_DIRECT_SUBMISSIONS_H_

#include "client/backend/backend_client.h"
#include "core/records/submission_store.h"

namespace aifx::app {

// A SubmissionStore that keeps nothing: every submission is answered after the backend has it
// (docs/adr/0004), and what is asked about submissions is UNIMPLEMENTED. `backend` outlives it.
// Thread-safe.
class DirectSubmissions final : public records::SubmissionStore {
 public:
  explicit DirectSubmissions(backend::BackendClient& backend) : backend_(backend) {}

  absl::StatusOr<records::SubmissionReceipt> Submit(const records::Submission& submission,
                                                    records::Acknowledge,
                                                    const base::CallContext& context) override {
    return backend_.Submit(submission, context);
  }
  absl::StatusOr<records::SubmissionReceipt> SubmitOutcome(
      const records::OutcomeUpdate& update, records::Acknowledge,
      const base::CallContext& context) override {
    auto stored = backend_.UpdateOutcome(update, context);
    if (!stored.ok()) return stored.status();
    return records::SubmissionReceipt{.request_id = update.prediction_id,
                                      .state = records::SubmissionState::kAcked,
                                      .backend_prediction_id = stored->backend_prediction_id,
                                      .kind = records::SubmissionKind::kOutcome,
                                      .outcome = *std::move(stored)};
  }
  absl::StatusOr<records::SubmissionReceipt> Get(records::SubmissionKind, const std::string&,
                                                 const base::CallContext&) override {
    return NothingIsKept();
  }
  absl::StatusOr<records::SubmissionPage> List(const records::SubmissionQuery&,
                                               const base::CallContext&) override {
    return NothingIsKept();
  }
  absl::StatusOr<records::SubmissionReceipt> Requeue(records::SubmissionKind, const std::string&,
                                                     const base::CallContext&) override {
    return NothingIsKept();
  }
  absl::StatusOr<int64_t> Purge(const std::vector<records::SubmissionState>&, absl::Duration,
                                const base::CallContext&) override {
    return NothingIsKept();
  }

 private:
  static absl::Status NothingIsKept() {
    return absl::UnimplementedError("this server keeps no submissions");
  }

  backend::BackendClient& backend_;
};

}  // namespace aifx::app

#endif  // AIFX_SERVER_APP_DIRECT_SUBMISSIONS_H_
