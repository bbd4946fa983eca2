#include "server/rpc/prediction_service.h"

#include <atomic>
#include <chrono>
#include <exception>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/base/violation.h"
#include "server/rpc/from_proto.h"
#include "server/rpc/status.h"
#include "server/rpc/store_errors.h"
#include "server/rpc/stream_predict.h"
#include "server/rpc/times.h"
#include "server/rpc/to_proto.h"
#include "server/rpc/watch_predictions.h"

namespace aifx::rpc {
namespace {

constexpr int kMaxBatchItems = 256;

using SteadyTime = std::chrono::steady_clock::time_point;

SteadyTime Now() { return std::chrono::steady_clock::now(); }
absl::Duration Since(SteadyTime start) { return absl::FromChrono(Now() - start); }

void DeliverTo(ml::v1::PredictResponse& response, const pipeline::PredictAnswer& answer) {
  ToProto(answer.prediction, *response.mutable_prediction());
  ToProto(answer.times, answer.times.queue, *response.mutable_timings());
}

}  // namespace

// One prediction of a call.
struct PredictionService::Item {
  absl::Status status;  // the first error; later steps leave such an item alone
  std::optional<pipeline::PreparedRequest> prepared;
  std::vector<base::Warning> warnings;
  bool submit = false;
  std::optional<records::Prediction> prediction;  // kept where it is to be submitted
  ml::v1::PredictResponse* response = nullptr;    // the call's; alive until Finish
};

// One call on its way: Prepare (RPC thread), the engine, submit (durable pool), answer. Each item
// has one thread at a time; the one that ends the last item goes on with the call.
struct PredictionService::Work {
  CallPtr call;
  std::vector<Item> items;
  ml::v1::BatchPredictResponse* batch = nullptr;  // null: a single Predict
  SteadyTime started = Now();
  std::atomic<size_t> pending{0};  // items under way, and one while they are being started

  bool Any(bool (*predicate)(const Item&)) const {
    for (const Item& item : items) {
      if (item.status.ok() && predicate(item)) return true;
    }
    return false;
  }
};

absl::Status PredictionService::PrepareItem(const ml::v1::PredictRequest& request,
                                            Item& item) const {
  AIFX_ASSIGN_OR_RETURN(PredictArguments arguments,
                        PredictFromProto(request, deps_.guard.clock().Now()));
  if (arguments.request.model.name.empty()) arguments.request.model.name = deps_.default_model;
  arguments.request.submitted = arguments.submit;
  auto prepared = deps_.engine.Prepare(std::move(arguments.request));
  if (!prepared.ok()) return WithSeriesPaths(prepared.status());
  item.prepared = *std::move(prepared);
  item.submit = arguments.submit;
  item.warnings = std::move(arguments.warnings);
  return absl::OkStatus();
}

grpc::ServerUnaryReactor* PredictionService::Predict(grpc::CallbackServerContext* context,
                                                     const ml::v1::PredictRequest* request,
                                                     ml::v1::PredictResponse* response) {
  return deps_.guard.Start(context, "PredictionService.Predict", request->ByteSizeLong(),
                           [&](const CallPtr& call) {
                             auto work = std::make_shared<Work>();
                             work->call = call;
                             Item& item = work->items.emplace_back();
                             item.response = response;
                             item.status = PrepareItem(*request, item);
                             StartWork(work);
                           });
}

grpc::ServerUnaryReactor* PredictionService::BatchPredict(
    grpc::CallbackServerContext* context, const ml::v1::BatchPredictRequest* request,
    ml::v1::BatchPredictResponse* response) {
  const auto handler = [&](const CallPtr& call) {
    if (request->requests_size() < 1 || request->requests_size() > kMaxBatchItems) {
      return call->Finish(base::InvalidArgument(
          {{"requests", absl::StrCat("requests has ", request->requests_size(), " items, not 1..",
                                     kMaxBatchItems)}}));
    }
    auto work = std::make_shared<Work>();
    work->call = call;
    work->batch = response;
    work->items.resize(static_cast<size_t>(request->requests_size()));
    for (int i = 0; i < request->requests_size(); ++i) {
      Item& item = work->items[static_cast<size_t>(i)];
      item.response = response->add_results()->mutable_response();
      item.status = PrepareItem(request->requests(i), item);
    }
    StartWork(work);
  };
  return deps_.guard.Start(context, "PredictionService.BatchPredict", request->ByteSizeLong(),
                           handler, deps_.batch_receive_bytes);
}

void PredictionService::StartWork(const std::shared_ptr<Work>& work) {
  // The items of a batch are work of their own, so that single calls get in between.
  const auto lane = work->batch != nullptr ? serving::Lane::kBatch : serving::Lane::kInteractive;
  work->pending.store(work->items.size() + 1);
  for (Item& item : work->items) {
    if (!item.status.ok()) {
      ItemEnded(work);
      continue;
    }
    deps_.engine.Start(
        *std::exchange(item.prepared, std::nullopt), lane, work->call->context(),
        [this, work, &item](absl::StatusOr<pipeline::PredictAnswer> answer) {
          TakeAnswer(std::move(answer), item);
          ItemEnded(work);
        },
        serving::Computes::kMaybe);
  }
  ItemEnded(work);
}

void PredictionService::TakeAnswer(absl::StatusOr<pipeline::PredictAnswer> answer,
                                   Item& item) const {
  item.status = WithSeriesPaths(answer.status());
  if (!item.status.ok()) return;
  records::Prediction& prediction = answer->prediction;
  for (base::Warning& warning : item.warnings) prediction.warnings.push_back(std::move(warning));
  try {
    DeliverTo(*item.response, *answer);
    if (deps_.stages != nullptr) deps_.stages->Observe(answer->times, answer->times.queue);
  } catch (const std::exception& error) {  // of protobuf, for want of memory
    item.status = absl::InternalError(absl::StrCat("uncaught exception: ", error.what()));
    return;
  }
  if (item.submit) item.prediction = std::move(prediction);
}

void PredictionService::ItemEnded(const std::shared_ptr<Work>& work) {
  if (work->pending.fetch_sub(1) > 1) return;
  if (!work->Any([](const Item& item) { return item.prediction.has_value(); })) {
    return Answer(*work);
  }
  // Not Offload: that would end the call where the queue is full.
  const absl::Status queued =
      deps_.durable.Submit([this, work] { work->call->Protect([&] { SubmitAll(work); }); });
  if (queued.ok()) return;
  for (Item& item : work->items) {
    if (item.prediction.has_value()) ReportNotKept(item, *work, queued);
  }
  Answer(*work);
}

void PredictionService::SubmitAll(const std::shared_ptr<Work>& work) {
  for (Item& item : work->items) {
    if (item.prediction.has_value()) SubmitOne(item, *work);
  }
  Answer(*work);
}

absl::StatusOr<records::SubmissionReceipt> PredictionService::Keep(const Item& item,
                                                                   const Work& work) const {
  AIFX_RETURN_IF_ERROR(work.call->CheckAlive());
  const records::Submission submission = records::SubmissionOf(*item.prediction);
  if (const auto violations = records::ValidateSubmission(submission); !violations.empty()) {
    return base::InvalidArgument(violations);
  }
  const auto until = records::Acknowledge::kWhenDurable;
  return AnswerOf(deps_.submissions.Submit(submission, until, work.call->context()), until);
}

void PredictionService::SubmitOne(Item& item, const Work& work) const {
  const SteadyTime start = Now();
  const auto receipt = Keep(item, work);
  if (receipt.ok()) {
    ToProto(*receipt, *item.response->mutable_submission());
  } else {
    ReportNotKept(item, work, receipt.status());
  }
  const absl::Duration took = Since(start);
  *item.response->mutable_timings()->mutable_submit() = DurationToProto(took);
  if (deps_.stages != nullptr) deps_.stages->ObserveSubmit(took);
}

// A prediction that exists is answered whatever becomes of its submission.
void PredictionService::ReportNotKept(Item& item, const Work& work,
                                      const absl::Status& status) const {
  auto* submission = item.response->mutable_submission();
  submission->set_request_id(item.prediction->id);
  submission->set_kind(ml::v1::SUBMISSION_KIND_PREDICTION);
  submission->set_state(ml::v1::SUBMISSION_STATE_DEAD);
  *submission->mutable_error() = ToRpcStatus(status, work.call->context().request_id);
}

void PredictionService::Answer(Work& work) {
  const auto total = DurationToProto(Since(work.started));
  for (size_t i = 0; i < work.items.size(); ++i) {
    const Item& item = work.items[i];
    if (item.status.ok()) {
      *item.response->mutable_timings()->mutable_total() = total;
    } else if (work.batch != nullptr) {
      *work.batch->mutable_results(static_cast<int>(i))->mutable_error() =
          ToRpcStatus(item.status, work.call->context().request_id);
    }
  }
  work.call->Finish(work.batch != nullptr ? absl::OkStatus() : work.items[0].status);
}

grpc::ServerBidiReactor<ml::v1::StreamPredictRequest, ml::v1::StreamPredictResponse>*
PredictionService::StreamPredict(grpc::CallbackServerContext* context) {
  return StartStreamPredict(
      {.guard = deps_.guard, .engine = deps_.engine, .default_model = deps_.default_model},
      context);
}

grpc::ServerWriteReactor<ml::v1::WatchPredictionsResponse>* PredictionService::WatchPredictions(
    grpc::CallbackServerContext* context, const ml::v1::WatchPredictionsRequest* request) {
  return StartWatch(deps_.guard, deps_.watches, deps_.default_model, context, *request);
}

grpc::ServerUnaryReactor* PredictionService::ExplainPrediction(
    grpc::CallbackServerContext* context, const ml::v1::ExplainPredictionRequest* request,
    ml::v1::ExplainPredictionResponse* response) {
  return deps_.explain.Start(context, request, response);
}

}  // namespace aifx::rpc
