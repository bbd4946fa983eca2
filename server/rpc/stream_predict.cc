#include "server/rpc/stream_predict.h"

#include <atomic>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "core/base/violation.h"
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
// use needs no lock; the end can come from elsewhere. While inference is under way, the task on the
// executor keeps the reactor: OnDone waits for it.
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
    call_->WhenDraining([this] { End(ShuttingDown()); });
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
  static absl::Status ShuttingDown() {
    return base::WithRetryAfter(
        base::WithReason(absl::UnavailableError("the server is shutting down"), "SHUTTING_DOWN"),
        1);
  }

  // Starts what the message asks for.
  absl::Status Take() {
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
    StartRead(&request_);
    return absl::OkStatus();
  }

  absl::Status Predict(const ml::v1::Candle& candle) {
    if (!stream_.has_value()) return Wrong("candle", "candle came before start");
    auto prepared = stream_->Next(candle, deps_.engine, deps_.guard.clock().Now());
    if (!prepared.ok()) return prepared.status();
    prepared_ = *std::move(prepared);
    queued_nanos_ = absl::GetCurrentTimeNanos();
    holders_.fetch_add(1);
    const absl::Status queued = deps_.inference.Submit([this] {
      try {
        Infer();
      } catch (const std::exception& error) {
        End(absl::InternalError(absl::StrCat("uncaught exception: ", error.what())));
      }
      Release();
    });
    if (!queued.ok()) holders_.fetch_sub(1);  // never the last: OnDone has not come
    return queued;
  }

  void Infer() {
    const absl::Duration queue = absl::Nanoseconds(absl::GetCurrentTimeNanos() - queued_nanos_);
    if (call_->context().IsCancelled()) return;
    auto answers = deps_.engine.Run(absl::MakeSpan(&*prepared_, 1));
    if (!answers[0].ok()) return End(answers[0].status());
    response_.Clear();
    ToProto(answers[0]->prediction, *response_.mutable_prediction());
    ToProto(answers[0]->times, queue, *response_.mutable_timings());
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
  std::optional<pipeline::PreparedRequest> prepared_;
  int64_t queued_nanos_ = 0;
  base::Mutex mutex_;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace

grpc::ServerBidiReactor<Request, Response>* StartStreamPredict(
    const StreamPredictDeps& deps, grpc::CallbackServerContext* context) {
  return new StreamReactor(deps, context);
}

}  // namespace aifx::rpc
