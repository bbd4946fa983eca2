#include "tests/bench/watchers.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "core/base/status_macros.h"

namespace aifx::bench {
namespace {

constexpr size_t kStreamsAConnection = 100;  // the server lets in 128

}  // namespace

// One watcher. Its owner outlives it.
class Watchers::Stream final : public grpc::ClientReadReactor<ml::v1::WatchPredictionsResponse> {
 public:
  Stream(Watchers& owner, ml::v1::WatchPredictionsRequest request)
      : owner_(owner), request_(std::move(request)) {}

  void Begin(ml::v1::PredictionService::Stub& stub) {
    stub.async()->WatchPredictions(&context_, &request_, this);
    StartRead(&response_);
    StartCall();
  }
  void Cancel() { context_.TryCancel(); }

  void OnReadInitialMetadataDone(bool ok) override {
    if (!ok) return;
    base::MutexLock lock(owner_.mutex_);
    ++owner_.started_;
    owner_.changed_.NotifyAll();
  }
  void OnReadDone(bool ok) override {
    if (!ok) return;
    const int64_t now = absl::GetCurrentTimeNanos();
    auto& prediction = *response_.mutable_prediction();
    Delivery delivery{
        .prediction_id = prediction.id(),
        .series = absl::StrCat(prediction.pair(), " ", static_cast<int>(prediction.timeframe())),
        .at = now};
    StartRead(&response_);
    base::MutexLock lock(owner_.mutex_);
    owner_.deliveries_.push_back(std::move(delivery));
    if (owner_.deliveries_.size() == owner_.wanted_) owner_.changed_.NotifyAll();
  }
  void OnDone(const grpc::Status& status) override {
    base::MutexLock lock(owner_.mutex_);
    --owner_.open_;
    if (owner_.ended_.ok()) {
      owner_.ended_ = absl::UnavailableError(
          absl::StrCat("a watch ended: ", status.error_code(), " ", status.error_message()));
    }
    owner_.changed_.NotifyAll();
  }

 private:
  Watchers& owner_;
  grpc::ClientContext context_;
  const ml::v1::WatchPredictionsRequest request_;
  ml::v1::WatchPredictionsResponse response_;
};

Watchers::Watchers(const std::string& address,
                   const std::vector<ml::v1::WatchPredictionsRequest>& requests) {
  {
    base::MutexLock lock(mutex_);
    open_ = requests.size();
  }
  for (const ml::v1::WatchPredictionsRequest& request : requests) {
    if (streams_.size() % kStreamsAConnection == 0) {
      stubs_.push_back(
          ml::v1::PredictionService::NewStub(Connect(address, static_cast<int>(stubs_.size()))));
    }
    streams_.push_back(std::make_unique<Stream>(*this, request));
    streams_.back()->Begin(*stubs_.back());
  }
}

Watchers::~Watchers() { Stop(); }

std::shared_ptr<grpc::Channel> Watchers::Connect(const std::string& address, int number) {
  grpc::ChannelArguments arguments;
  arguments.SetInt("aifx.channel", number);  // different arguments: a connection of its own
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

absl::Status Watchers::WaitForChange(absl::Time deadline) {
  if (!ended_.ok()) return ended_;
  const absl::Duration left = deadline - absl::Now();
  if (left <= absl::ZeroDuration()) {
    return absl::DeadlineExceededError(absl::StrCat("in time only ", started_, " of ",
                                                    streams_.size(), " watches began and ",
                                                    deliveries_.size(), " predictions came"));
  }
  changed_.WaitFor(mutex_, left);
  return absl::OkStatus();
}

absl::Status Watchers::AwaitStart(absl::Time deadline) {
  base::MutexLock lock(mutex_);
  while (started_ < streams_.size()) AIFX_RETURN_IF_ERROR(WaitForChange(deadline));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Delivery>> Watchers::Take(size_t count, absl::Time deadline) {
  base::MutexLock lock(mutex_);
  wanted_ = count;
  while (deliveries_.size() < count) AIFX_RETURN_IF_ERROR(WaitForChange(deadline));
  return std::exchange(deliveries_, {});
}

void Watchers::Stop() {
  for (const auto& stream : streams_) stream->Cancel();
  base::MutexLock lock(mutex_);
  while (open_ > 0) changed_.Wait(mutex_);
}

}  // namespace aifx::bench
