// An outbox's folder while no server holds it.
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "client/cli/errors.h"
#include "client/cli/outbox_access.h"
#include "client/outbox/outbox.h"
#include "core/base/status_macros.h"

namespace aifx::cli {
namespace {

constexpr int kDefaultPage = 100;

// The contract's enums stand in the core's order, after their UNSPECIFIED.
records::SubmissionKind KindOf(pb::SubmissionKind kind) {
  return kind == pb::SUBMISSION_KIND_OUTCOME ? records::SubmissionKind::kOutcome
                                             : records::SubmissionKind::kPrediction;
}

template <typename States>
std::vector<records::SubmissionState> StatesOf(const States& states) {
  std::vector<records::SubmissionState> result;
  for (const int state : states) result.push_back(static_cast<records::SubmissionState>(state - 1));
  return result;
}

grpc::Status ToGrpc(const absl::Status& status) {
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), std::string(status.message()));
}

void ToMessage(const records::SubmissionReceipt& receipt, pb::Submission* message) {
  message->set_request_id(receipt.request_id);
  message->set_kind(static_cast<pb::SubmissionKind>(static_cast<int>(receipt.kind) + 1));
  message->set_state(static_cast<pb::SubmissionState>(static_cast<int>(receipt.state) + 1));
  message->set_backend_prediction_id(receipt.backend_prediction_id);
  message->set_attempts(receipt.attempts);
  *message->mutable_created_at() = ToProto(receipt.created_at);
  if (receipt.last_attempt_at.has_value()) {
    *message->mutable_last_attempt_at() = ToProto(*receipt.last_attempt_at);
  }
  if (receipt.next_attempt_at.has_value()) {
    *message->mutable_next_attempt_at() = ToProto(*receipt.next_attempt_at);
  }
  if (receipt.error.ok()) return;
  message->mutable_error()->set_code(static_cast<int>(receipt.error.code()));
  message->mutable_error()->set_message(std::string(receipt.error.message()));
}

class OfflineOutbox final : public OutboxAccess {
 public:
  explicit OfflineOutbox(std::unique_ptr<outbox::Outbox> outbox) : outbox_(std::move(outbox)) {}

  grpc::Status Get(const pb::GetSubmissionRequest& request, pb::Submission* response) override {
    const auto receipt = outbox_->Get(KindOf(request.kind()), request.request_id(), {});
    if (receipt.ok()) ToMessage(*receipt, response);
    return ToGrpc(receipt.status());
  }

  // Its page tokens are plain numbers: nobody else sees them.
  grpc::Status List(const pb::ListSubmissionsRequest& request,
                    pb::ListSubmissionsResponse* response) override {
    records::SubmissionQuery query{.states = StatesOf(request.states())};
    query.limit = request.page_size() > 0 ? request.page_size() : kDefaultPage;
    if (!request.page_token().empty() && !absl::SimpleAtoi(request.page_token(), &query.before)) {
      return ToGrpc(absl::InvalidArgumentError("the page token is not of this command"));
    }
    const auto page = outbox_->List(query, {});
    if (!page.ok()) return ToGrpc(page.status());
    for (const auto& receipt : page->submissions) {
      ToMessage(receipt, response->add_submissions());
    }
    response->set_next_page_token(page->next == 0 ? "" : absl::StrCat(page->next));
    return grpc::Status::OK;
  }

  grpc::Status Requeue(const pb::RequeueSubmissionRequest& request,
                       pb::Submission* response) override {
    const auto receipt = outbox_->Requeue(KindOf(request.kind()), request.request_id(), {});
    if (receipt.ok()) ToMessage(*receipt, response);
    return ToGrpc(receipt.status());
  }

  grpc::Status Purge(const pb::PurgeSubmissionsRequest& request,
                     pb::PurgeSubmissionsResponse* response) override {
    const auto purged =
        outbox_->Purge(StatesOf(request.states()), FromProto(request.older_than()), {});
    if (purged.ok()) response->set_purged(*purged);
    return ToGrpc(purged.status());
  }

  int Report(const std::string& what, const grpc::Status& status, Console& console) override {
    return ReportError(
        what,
        absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message()),
        console);
  }

 private:
  const std::unique_ptr<outbox::Outbox> outbox_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<OutboxAccess>> OpenOfflineOutbox(const std::string& folder,
                                                                Console& console) {
  AIFX_ASSIGN_OR_RETURN(auto outbox,
                        outbox::Outbox::OpenOffline(folder, console.clock, base::NullLogger()));
  return std::make_unique<OfflineOutbox>(std::move(outbox));
}

}  // namespace aifx::cli
