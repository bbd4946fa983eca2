#include "server/rpc/record_service.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/rpc/from_proto.h"
#include "server/rpc/store_errors.h"
#include "server/rpc/to_proto.h"

namespace aifx::rpc {

namespace {

constexpr auto kWhenDurable = records::Acknowledge::kWhenDurable;

records::Acknowledge Until(bool wait) {
  return wait ? records::Acknowledge::kWhenAnswered : records::Acknowledge::kWhenDurable;
}

// Who waits for the backend is answered a moment before its deadline: at the deadline itself the
// caller hangs up, and would not hear that its submission is kept.
base::CallContext WaitContextOf(const Call& call, absl::Time now) {
  base::CallContext context = call.context();
  context.deadline -= std::min(absl::Milliseconds(250), (context.deadline - now) / 10);
  return context;
}

bool IsAnswered(records::SubmissionState state) {
  return state == records::SubmissionState::kAcked || state == records::SubmissionState::kDead;
}

}  // namespace

void RecordService::Keep(const CallPtr& call, records::Acknowledge until,
                         std::function<Receipt()> submit,
                         std::function<void(const Receipt&)> answer) const {
  deps_.guard.Offload(deps_.durable, call, [this, call, until, submit, answer] {
    const Receipt kept = submit();
    if (until == records::Acknowledge::kWhenDurable || !kept.ok() || IsAnswered(kept->state)) {
      return answer(AnswerOf(kept, until));
    }
    // Without Offload, whose errors would not say that it is kept.
    const auto wait = [this, call, until, answer, kind = kept->kind, id = kept->request_id] {
      call->Protect([&] {
        const auto limits = WaitContextOf(*call, deps_.guard.clock().Now());
        answer(AnswerOf(deps_.submissions.Await(kind, id, limits), until));
      });
    };
    if (deps_.waiting.Submit(wait).ok()) return;
    answer(absl::DeadlineExceededError(
        absl::StrCat("too many callers wait for the backend; submission ", kept->request_id,
                     " is kept and goes on: ask for it later (GetSubmission)")));
  });
}

grpc::ServerUnaryReactor* RecordService::SubmitPrediction(
    grpc::CallbackServerContext* context, const ml::v1::SubmitPredictionRequest* request,
    ml::v1::SubmitPredictionResponse* response) {
  const auto handler = [&](const CallPtr& call) {
    auto submission = SubmissionFromProto(*request);
    if (!submission.ok()) return call->Finish(submission.status());
    const auto until = Until(request->wait());
    Keep(
        call, until,
        [this, call, submission = *std::move(submission)] {
          return deps_.submissions.Submit(submission, kWhenDurable, call->context());
        },
        [call, response](const Receipt& receipt) {
          if (receipt.ok()) ToProto(*receipt, *response->mutable_submission());
          call->Finish(receipt.status());
        });
  };
  return deps_.guard.Start(context, "RecordService.SubmitPrediction", request->ByteSizeLong(),
                           handler);
}

grpc::ServerUnaryReactor* RecordService::UpdateOutcome(grpc::CallbackServerContext* context,
                                                       const ml::v1::UpdateOutcomeRequest* request,
                                                       ml::v1::UpdateOutcomeResponse* response) {
  const auto handler = [&](const CallPtr& call) {
    auto update = OutcomeFromProto(*request);
    if (!update.ok()) return call->Finish(update.status());
    const auto until = Until(request->wait());
    Keep(
        call, until,
        [this, call, update = *update] {
          return deps_.submissions.SubmitOutcome(update, kWhenDurable, call->context());
        },
        [call, response, update = *update](const Receipt& receipt) {
          if (receipt.ok()) ToProto(update, *receipt, *response);
          call->Finish(receipt.status());
        });
  };
  return deps_.guard.Start(context, "RecordService.UpdateOutcome", request->ByteSizeLong(),
                           handler);
}

grpc::ServerUnaryReactor* RecordService::ListPredictions(
    grpc::CallbackServerContext* context, const ml::v1::ListPredictionsRequest* request,
    ml::v1::ListPredictionsResponse* response) {
  const auto handler = [&](const CallPtr& call) {
    auto query = PredictionQueryFromProto(*request);
    if (!query.ok()) return call->Finish(query.status());
    deps_.guard.Offload(
        deps_.blocking, call, [this, call, request, response, query = *std::move(query)] {
          const auto page = deps_.reader.ListPredictions(query, call->context());
          if (!page.ok()) return call->Finish(page.status());
          for (const auto& record : page->predictions)
            ToProto(record, *response->add_predictions());
          response->set_total_size(page->total);
          response->set_next_page_token(NextPredictionsToken(*request, query, *page));
          call->Finish(absl::OkStatus());
        });
  };
  return deps_.guard.Start(context, "RecordService.ListPredictions", request->ByteSizeLong(),
                           handler);
}

grpc::ServerUnaryReactor* RecordService::GetAccuracy(grpc::CallbackServerContext* context,
                                                     const ml::v1::GetAccuracyRequest* request,
                                                     ml::v1::GetAccuracyResponse* response) {
  const auto handler = [&](const CallPtr& call) {
    auto query = AccuracyQueryFromProto(*request);
    if (!query.ok()) return call->Finish(query.status());
    deps_.guard.Offload(deps_.blocking, call, [this, call, response, query = *std::move(query)] {
      const auto accuracy = deps_.reader.GetAccuracy(query, call->context());
      if (accuracy.ok()) ToProto(*accuracy, *response);
      call->Finish(accuracy.status());
    });
  };
  return deps_.guard.Start(context, "RecordService.GetAccuracy", request->ByteSizeLong(), handler);
}

}  // namespace aifx::rpc
