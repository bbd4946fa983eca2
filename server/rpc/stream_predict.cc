#include "server/rpc/stream_predict.h"

#include <atomic>
#include <memory>
#include <optional>
#include <utility>

#include "core/base/status_macros.h"
#include "core/base/violation.h"
#include "core/serving/admission.h"
#include "server/rpc/candle_stream.h"
#include "server/rpc/status.h"
#include "server/rpc/to_proto.h"

namespace aifx::rpc {
namespace {

using Request = ml::v1::StreamPredictRequest;
using Response = ml::v1::StreamPredictResponse;

absl::Status Wrong(const std::string& field, const std::string& what) {
  return base::InvalidArgument({{field, what}});
}

// One call: read, predict, write, read. Only one of these is under way at a time, so that what they
// use needs no lock; the end can come from elsewhere. While the engine is at work, its answer keeps
// the reactor beyond OnDone.
class StreamReactor final : public grpc::ServerBidiReactor<Request, Response> {
 public:
  StreamReactor(const StreamPredictDeps& deps, grpc::CallbackServerContext* context) : deps_(deps) {
    auto call = deps_.guard.AdmitStream(context, "PredictionService.StreamPredict");
    if (!call.ok()) {
      finished_ = true;
      Finish(ToGrpcStatus(call.status(), ""));
      return;
    }
    call_ = *std::move(call);
    call_->WhenDraining([this] { End(serving::ShuttingDownStatus()); });
    StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) return End(absl::OkStatus());  // the caller has sent all
    if (const absl::Status taken = Take(); !taken.ok()) End(taken);
  }
  void OnWriteDone(bool ok) override {
    if (ok) return StartRead(&request_);
    OnCancel();
  }
  void OnCancel() override {
    if (call_ != nullptr) call_->context().Cancel();
    End(absl::CancelledError("the caller has gone away"));
  }
  void OnDone() override { Release(); }

 private:
  // Starts what the message asks for.
  absl::Status Take() {
    AIFX_RETURN_IF_ERROR(call_->CheckMessage(request_.ByteSizeLong()));
    switch (request_.message_case()) {
      case Request::kStart:
        return Begin(request_.start());
      case Request::kCandle:
        return Predict(request_.candle());
      case Request::MESSAGE_NOT_SET:
        break;
    }
    return Wrong("message", "message is empty: send start, then candles");
  }

  absl::Status Begin(const ml::v1::StreamStart& start) {
    if (stream_.has_value()) return Wrong("start", "start may only be the first message");
    auto stream = CandleStream::FromProto(start, deps_.default_model, deps_.guard.clock().Now());
    if (!stream.ok()) return stream.status();
    stream_ = *std::move(stream);
    Request().Swap(&request_);  // the warm-up: it may be large, and candles are small
    StartRead(&request_);
    return absl::OkStatus();
  }

  absl::Status Predict(const ml::v1::Candle& candle) {
    if (!stream_.has_value()) return Wrong("candle", "candle came before start");
    auto prepared = stream_->Next(candle, deps_.engine);
    if (!prepared.ok()) return prepared.status();
    holders_.fetch_add(1);
    deps_.engine.Start(
        *std::move(prepared), serving::Lane::kInteractive, call_->StepContext(),
        [this](const absl::StatusOr<pipeline::PredictAnswer>& answer) {
          Deliver(answer);
          Release();
        },
        serving::Computes::kMaybe);
    return absl::OkStatus();
  }

  void Deliver(const absl::StatusOr<pipeline::PredictAnswer>& answer) {
    if (!answer.ok()) return End(answer.status());
    response_.Clear();
    ToProto(answer->prediction, *response_.mutable_prediction());
    ToProto(answer->times, answer->times.queue, *response_.mutable_timings());
    base::MutexLock lock(mutex_);
    if (!finished_) StartWrite(&response_);
  }

  void End(const absl::Status& status) {
    base::MutexLock lock(mutex_);
    if (!std::exchange(finished_, true)) Finish(call_->EndWith(status));
  }

  void Release() {
    if (holders_.fetch_sub(1) == 1) delete this;
  }

  const StreamPredictDeps deps_;
  std::unique_ptr<StreamCall> call_;  // null where it was not let in
  std::atomic<int> holders_{1};       // gRPC until OnDone, and the task that runs
  Request request_;
  Response response_;
  std::optional<CandleStream> stream_;
  base::Mutex mutex_;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace

grpc::ServerBidiReactor<Request, Response>* StartStreamPredict(
    const StreamPredictDeps& deps, grpc::CallbackServerContext* context) {
  return new StreamReactor(deps, context);
}

}  // namespace aifx::rpc
