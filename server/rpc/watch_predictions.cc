#include "server/rpc/watch_predictions.h"

#include <deque>
#include <exception>
#include <memory>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/base/violation.h"
#include "core/serving/admission.h"
#include "server/rpc/fields.h"
#include "server/rpc/from_proto.h"
#include "server/rpc/status.h"

namespace aifx::rpc {
namespace {

constexpr int kMaxPairs = 64;
constexpr size_t kMaxNameBytes = 64;
constexpr size_t kMaxWaiting = 256;
// gRPC keeps a stream's request for the stream's life, so that it may be no larger than it must.
constexpr size_t kMaxRequestBytes = 64 << 10;

using Response = ml::v1::WatchPredictionsResponse;

// One call. It stays alive while it is called: the hub and the guard hold their locks, which OnDone
// needs, and gRPC calls OnDone only after the other reactions have returned.
class WatchReactor final : public grpc::ServerWriteReactor<Response>, public PredictionWatcher {
 public:
  WatchReactor(CallGuard& guard, WatchHub& hub, const std::string& default_model,
               grpc::CallbackServerContext* context, const ml::v1::WatchPredictionsRequest& request)
      : hub_(hub) {
    auto call = guard.AdmitStream(context, "PredictionService.WatchPredictions",
                                  request.ByteSizeLong(), kMaxRequestBytes);
    if (!call.ok()) {
      finished_ = true;
      Finish(ToGrpcStatus(call.status(), ""));
      return;
    }
    call_ = *std::move(call);
    if (const absl::Status watching = Watch(request, default_model); !watching.ok()) {
      End(watching);
      return;
    }
    Open();
    call_->WhenDraining([this] { End(serving::ShuttingDownStatus()); });
  }

  void Offer(const Answer& answer) override {
    base::MutexLock lock(mutex_);
    if (finished_) return;
    if (waiting_.size() == kMaxWaiting) {
      waiting_.pop_front();
      ++dropped_;
    }
    waiting_.push_back(answer);
    WriteIfIdle();
  }

  void OnWriteDone(bool ok) override {
    if (!ok) return OnCancel();
    base::MutexLock lock(mutex_);
    writing_ = nullptr;
    WriteIfIdle();
  }
  void OnCancel() override { End(absl::CancelledError("the caller has gone away")); }
  void OnDone() override {
    if (!keys_.empty()) hub_.Unwatch(keys_, this);
    delete this;
  }

 private:
  absl::Status Watch(const ml::v1::WatchPredictionsRequest& request,
                     const std::string& default_model) {
    try {
      AIFX_ASSIGN_OR_RETURN(std::vector<WatchKey> keys, WatchKeysFromProto(request, default_model));
      AIFX_RETURN_IF_ERROR(hub_.Watch(keys, this));
      keys_ = std::move(keys);
      return absl::OkStatus();
    } catch (const std::exception& error) {
      return absl::InternalError(absl::StrCat("uncaught exception: ", error.what()));
    }
  }

  // Tells the caller that it is let in: what is announced from now on, it gets.
  void Open() {
    base::MutexLock lock(mutex_);
    StartSendInitialMetadata();
    open_ = true;
    WriteIfIdle();
  }

  void End(const absl::Status& status) {
    base::MutexLock lock(mutex_);
    if (!std::exchange(finished_, true)) Finish(call_->EndWith(status));
  }

  void WriteIfIdle() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (!open_ || finished_ || writing_ != nullptr || waiting_.empty()) return;
    writing_ = std::move(waiting_.front());
    waiting_.pop_front();
    if (dropped_ > 0) {
      // Answers are shared; only who lost some gets one of its own.
      auto own = std::make_shared<Response>(*writing_);
      own->set_dropped(std::exchange(dropped_, 0));
      writing_ = std::move(own);
    }
    StartWrite(writing_.get());
  }

  WatchHub& hub_;
  std::unique_ptr<StreamCall> call_;  // null where it was not let in
  std::vector<WatchKey> keys_;
  base::Mutex mutex_;
  std::deque<Answer> waiting_ ABSL_GUARDED_BY(mutex_);
  Answer writing_ ABSL_GUARDED_BY(mutex_);  // null: nothing is being written
  int64_t dropped_ ABSL_GUARDED_BY(mutex_) = 0;
  bool open_ ABSL_GUARDED_BY(mutex_) = false;  // writes may follow the initial metadata
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace

absl::StatusOr<std::vector<WatchKey>> WatchKeysFromProto(
    const ml::v1::WatchPredictionsRequest& message, const std::string& default_model) {
  Violations violations;
  if (message.pairs_size() < 1 || message.pairs_size() > kMaxPairs) {
    violations.push_back({"pairs", absl::StrCat("pairs has ", message.pairs_size(),
                                                " entries, not 1..", kMaxPairs)});
  }
  if (message.timeframes_size() == 0) {
    violations.push_back({"timeframes", "timeframes is empty: name at least one"});
  }
  CheckEnumCount<market::Timeframe>(message.timeframes_size(), "timeframes", violations);
  if (message.model_name().size() > kMaxNameBytes) {
    violations.push_back({"model_name", absl::StrCat("model_name has ", message.model_name().size(),
                                                     " bytes, at most ", kMaxNameBytes)});
  }
  if (!violations.empty()) return base::InvalidArgument(violations);
  const std::string& model = message.model_name().empty() ? default_model : message.model_name();
  std::set<WatchKey> keys;  // a series that is named twice is watched once
  for (int p = 0; p < message.pairs_size(); ++p) {
    const auto pair =
        PairFromProto(message.pairs(p), absl::StrCat("pairs[", p, "]"), true, violations);
    for (int t = 0; t < message.timeframes_size(); ++t) {
      const auto timeframe = EnumFromProto<market::Timeframe>(
          message.timeframes(t), absl::StrCat("timeframes[", t, "]"), true, violations);
      if (pair.has_value() && timeframe.has_value()) keys.insert({{*pair, *timeframe}, model});
    }
  }
  if (!violations.empty()) return base::InvalidArgument(violations);
  return std::vector<WatchKey>(keys.begin(), keys.end());
}

grpc::ServerWriteReactor<Response>* StartWatch(CallGuard& guard, WatchHub& hub,
                                               const std::string& default_model,
                                               grpc::CallbackServerContext* context,
                                               const ml::v1::WatchPredictionsRequest& request) {
  return new WatchReactor(guard, hub, default_model, context, request);
}

}  // namespace aifx::rpc
