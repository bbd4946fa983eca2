// RecordService's methods about what is on its way to the backend.
#include <utility>

#include "server/rpc/from_proto.h"
#include "server/rpc/peer.h"
#include "server/rpc/record_service.h"
#include "server/rpc/store_errors.h"
#include "server/rpc/to_proto.h"

namespace aifx::rpc {

grpc::ServerUnaryReactor* RecordService::GetSubmission(grpc::CallbackServerContext* context,
                                                       const ml::v1::GetSubmissionRequest* request,
                                                       ml::v1::Submission* response) {
  const auto handler = [&](const CallPtr& call) {
    auto key = SubmissionKeyFromProto(*request);
    if (!key.ok()) return call->Finish(key.status());
    deps_.guard.Offload(deps_.durable, call, [this, call, response, key = *std::move(key)] {
      const auto receipt = deps_.submissions.Get(key.kind, key.request_id, call->context());
      if (receipt.ok()) ToProto(*receipt, *response);
      call->Finish(StoreError(receipt.status()));
    });
  };
  return deps_.guard.Start(context, "RecordService.GetSubmission", request->ByteSizeLong(),
                           handler);
}

grpc::ServerUnaryReactor* RecordService::ListSubmissions(
    grpc::CallbackServerContext* context, const ml::v1::ListSubmissionsRequest* request,
    ml::v1::ListSubmissionsResponse* response) {
  const auto handler = [&](const CallPtr& call) {
    auto query = SubmissionQueryFromProto(*request);
    if (!query.ok()) return call->Finish(query.status());
    deps_.guard.Offload(deps_.durable, call,
                        [this, call, request, response, query = *std::move(query)] {
                          const auto page = deps_.submissions.List(query, call->context());
                          if (!page.ok()) return call->Finish(StoreError(page.status()));
                          for (const auto& receipt : page->submissions) {
                            ToProto(receipt, *response->add_submissions());
                          }
                          response->set_next_page_token(NextSubmissionsToken(*request, *page));
                          call->Finish(absl::OkStatus());
                        });
  };
  return deps_.guard.Start(context, "RecordService.ListSubmissions", request->ByteSizeLong(),
                           handler);
}

grpc::ServerUnaryReactor* RecordService::RequeueSubmission(
    grpc::CallbackServerContext* context, const ml::v1::RequeueSubmissionRequest* request,
    ml::v1::Submission* response) {
  const auto handler = [&](const CallPtr& call) {
    const absl::Status admin = CheckAdmin(context->peer(), deps_.remote_admin);
    if (!admin.ok()) return call->Finish(admin);
    auto key = SubmissionKeyFromProto(*request);
    if (!key.ok()) return call->Finish(key.status());
    deps_.guard.Offload(deps_.durable, call, [this, call, response, key = *std::move(key)] {
      const auto receipt = deps_.submissions.Requeue(key.kind, key.request_id, call->context());
      if (receipt.ok()) ToProto(*receipt, *response);
      call->Finish(StoreError(receipt.status()));
    });
  };
  return deps_.guard.Start(context, "RecordService.RequeueSubmission", request->ByteSizeLong(),
                           handler);
}

grpc::ServerUnaryReactor* RecordService::PurgeSubmissions(
    grpc::CallbackServerContext* context, const ml::v1::PurgeSubmissionsRequest* request,
    ml::v1::PurgeSubmissionsResponse* response) {
  const auto handler = [&](const CallPtr& call) {
    const absl::Status admin = CheckAdmin(context->peer(), deps_.remote_admin);
    if (!admin.ok()) return call->Finish(admin);
    auto purge = PurgeFromProto(*request);
    if (!purge.ok()) return call->Finish(purge.status());
    deps_.guard.Offload(deps_.durable, call, [this, call, response, purge = *std::move(purge)] {
      const auto purged = deps_.submissions.Purge(purge.states, purge.older_than, call->context());
      if (purged.ok()) response->set_purged(*purged);
      call->Finish(StoreError(purged.status()));
    });
  };
  return deps_.guard.Start(context, "RecordService.PurgeSubmissions", request->ByteSizeLong(),
                           handler);
}

}  // namespace aifx::rpc
