#include "server/rpc/watch_predictions.h"

#include <deque>
#include <memory>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/violation.h"
#include "server/rpc/fields.h"
#include "server/rpc/from_proto.h"
#include "server/rpc/status.h"

namespace aifx::rpc {
namespace {

constexpr int kMaxPairs = 64;
constexpr size_t kMaxNameBytes = 64;
constexpr size_t kMaxWaiting = 256;

using Response = ml::v1::WatchPredictionsResponse;

absl::Status ShuttingDown() {
  return base::WithRetryAfter(
      base::WithReason(absl::UnavailableError("the server is shutting down"), "SHUTTING_DOWN"), 1);
}

// One call. It stays alive while it is called: the hub and the guard hold their locks, which OnDone
// needs, and gRPC calls OnDone only after the other reactions have returned.
class WatchReactor final : public grpc::ServerWriteReactor<Response>, public PredictionWatcher {
 public:
  WatchReactor(CallGuard& guard, WatchHub& hub, grpc::CallbackServerContext* context,
               absl::StatusOr<std::vector<WatchKey>> keys)
      : hub_(hub) {
    auto call = guard.AdmitStream(context, "PredictionService.WatchPredictions");
    if (!call.ok()) {
      finished_ = true;
      Finish(ToGrpcStatus(call.status(), ""));
      return;
    }
    call_ = *std::move(call);
    if (!keys.ok()) {
      End(keys.status());
      return;
    }
    keys_ = *std::move(keys);
    StartSendInitialMetadata();  // tells the caller that it is let in before anything closes
    hub_.Watch(keys_, this);
    call_->WhenDraining([this] { End(ShuttingDown()); });
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
  void End(const absl::Status& status) {
    base::MutexLock lock(mutex_);
    if (!std::exchange(finished_, true)) Finish(call_->EndWith(status));
  }

  void WriteIfIdle() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (finished_ || writing_ != nullptr || waiting_.empty()) return;
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
                                               grpc::CallbackServerContext* context,
                                               absl::StatusOr<std::vector<WatchKey>> keys) {
  return new WatchReactor(guard, hub, context, std::move(keys));
}

}  // namespace aifx::rpc
