#include "client/cli/outbox_access.h"

#include "aifx/ml/v1/record_service.grpc.pb.h"
#include "client/cli/errors.h"

namespace aifx::cli {
namespace {

// Through the server's RecordService.
class ServersOutbox final : public OutboxAccess {
 public:
  explicit ServersOutbox(const ServerOptions& server)
      : server_(server), stub_(pb::RecordService::NewStub(Connect(server))) {}

  grpc::Status Get(const pb::GetSubmissionRequest& request, pb::Submission* response) override {
    return Call(server_, [&](grpc::ClientContext* context) {
      return stub_->GetSubmission(context, request, response);
    });
  }
  grpc::Status List(const pb::ListSubmissionsRequest& request,
                    pb::ListSubmissionsResponse* response) override {
    pb::ListSubmissionsResponse page;
    const grpc::Status status = Call(server_, [&](grpc::ClientContext* context) {
      return stub_->ListSubmissions(context, request, &page);
    });
    response->mutable_submissions()->MergeFrom(page.submissions());
    response->set_next_page_token(page.next_page_token());
    return status;
  }
  grpc::Status Requeue(const pb::RequeueSubmissionRequest& request,
                       pb::Submission* response) override {
    return Call(server_, [&](grpc::ClientContext* context) {
      return stub_->RequeueSubmission(context, request, response);
    });
  }
  grpc::Status Purge(const pb::PurgeSubmissionsRequest& request,
                     pb::PurgeSubmissionsResponse* response) override {
    return Call(server_, [&](grpc::ClientContext* context) {
      return stub_->PurgeSubmissions(context, request, response);
    });
  }
  int Report(const std::string& what, const grpc::Status& status, Console& console) override {
    return ReportError(what, status, server_, console);
  }

 private:
  const ServerOptions& server_;
  const std::unique_ptr<pb::RecordService::Stub> stub_;
};

}  // namespace

std::unique_ptr<OutboxAccess> OpenServersOutbox(const ServerOptions& server) {
  return std::make_unique<ServersOutbox>(server);
}

}  // namespace aifx::cli
