#include "server/ops/health_service.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace aifx::ops {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;
using grpc::health::v1::HealthListRequest;
using grpc::health::v1::HealthListResponse;

namespace {

constexpr size_t kMaxServiceBytes = 200;
// With fields that the contract does not have; gRPC keeps the request for a Watch's life.
constexpr size_t kMaxRequestBytes = 1024;

grpc::Status CheckSize(const HealthCheckRequest& request) {
  const size_t name = request.service().size(), all = request.ByteSizeLong();
  if (name > kMaxServiceBytes) {
    return {grpc::StatusCode::INVALID_ARGUMENT,
            absl::StrCat("service has ", name, " bytes, at most ", kMaxServiceBytes)};
  }
  if (all > kMaxRequestBytes) {
    return {grpc::StatusCode::INVALID_ARGUMENT,
            absl::StrCat("the request has ", all, " bytes, at most ", kMaxRequestBytes)};
  }
  return grpc::Status::OK;
}

}  // namespace

// One Watch call. A slow reader gets the newest status, not every one in between. It stays alive
// while it is called: from outside the caller holds the owner's lock, which OnDone needs, and gRPC
// calls OnDone only after the other reactions have returned.
class HealthService::Watcher final : public grpc::ServerWriteReactor<HealthCheckResponse> {
 public:
  Watcher(HealthService& owner, std::string service)
      : owner_(owner), service_(std::move(service)) {}

  const std::string& service() const { return service_; }

  void Send(Status status) {
    base::MutexLock lock(mutex_);
    newest_ = status;
    WriteIfIdle();
  }

  void Refuse(const grpc::Status& status) {
    base::MutexLock lock(mutex_);
    FinishOnce(status);
  }

  // Ends the call once the newest status has been written.
  void End() {
    base::MutexLock lock(mutex_);
    ending_ = true;
    WriteIfIdle();
  }

  void OnWriteDone(bool ok) override {
    if (!ok) return OnCancel();
    base::MutexLock lock(mutex_);
    writing_ = false;
    WriteIfIdle();
  }
  void OnCancel() override {
    base::MutexLock lock(mutex_);
    FinishOnce(grpc::Status::CANCELLED);
  }
  void OnDone() override {
    owner_.Forget(this);
    delete this;
  }

 private:
  void WriteIfIdle() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (finished_ || writing_) return;
    if (newest_ == sent_) {
      if (ending_) FinishOnce({grpc::StatusCode::UNAVAILABLE, "the server is shutting down"});
      return;
    }
    writing_ = true;
    sent_ = newest_;
    message_.set_status(static_cast<Status>(sent_));
    StartWrite(&message_);
  }
  void FinishOnce(const grpc::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (!std::exchange(finished_, true)) Finish(status);
  }

  HealthService& owner_;
  const std::string service_;
  base::Mutex mutex_;
  int newest_ ABSL_GUARDED_BY(mutex_) = -1;  // -1: nothing yet
  int sent_ ABSL_GUARDED_BY(mutex_) = -1;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool ending_ ABSL_GUARDED_BY(mutex_) = false;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
  HealthCheckResponse message_ ABSL_GUARDED_BY(mutex_);
};

HealthService::HealthService() = default;
HealthService::~HealthService() = default;

HealthService::Status HealthService::StatusOf(const std::string& service) const {
  const auto found = statuses_.find(service);
  return found == statuses_.end() ? HealthCheckResponse::SERVICE_UNKNOWN : found->second;
}

void HealthService::SetServing(const std::string& service, bool serving) {
  base::MutexLock lock(mutex_);
  const Status status =
      serving && !draining_ ? HealthCheckResponse::SERVING : HealthCheckResponse::NOT_SERVING;
  statuses_[service] = status;
  for (Watcher* watcher : watchers_) {
    if (watcher->service() == service) watcher->Send(status);
  }
}

void HealthService::Drain() {
  base::MutexLock lock(mutex_);
  draining_ = true;
  for (auto& [service, status] : statuses_) status = HealthCheckResponse::NOT_SERVING;
  for (Watcher* watcher : watchers_) watcher->Send(StatusOf(watcher->service()));
}

void HealthService::EndWatches() {
  base::MutexLock lock(mutex_);
  ended_ = true;
  for (Watcher* watcher : watchers_) watcher->End();
}

grpc::ServerUnaryReactor* HealthService::Check(grpc::CallbackServerContext* context,
                                               const HealthCheckRequest* request,
                                               HealthCheckResponse* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  if (const grpc::Status size = CheckSize(*request); !size.ok()) {
    reactor->Finish(size);
    return reactor;
  }
  base::MutexLock lock(mutex_);
  const Status status = StatusOf(request->service());
  response->set_status(status);
  reactor->Finish(status != HealthCheckResponse::SERVICE_UNKNOWN
                      ? grpc::Status::OK
                      : grpc::Status(grpc::StatusCode::NOT_FOUND,
                                     absl::StrCat("service \"", request->service(),
                                                  "\" is not one of this server")));
  return reactor;
}

grpc::ServerUnaryReactor* HealthService::List(grpc::CallbackServerContext* context,
                                              const HealthListRequest*,
                                              HealthListResponse* response) {
  {
    base::MutexLock lock(mutex_);
    for (const auto& [service, status] : statuses_) {
      (*response->mutable_statuses())[service].set_status(status);
    }
  }
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  reactor->Finish(grpc::Status::OK);
  return reactor;
}

grpc::ServerWriteReactor<HealthCheckResponse>* HealthService::Watch(
    grpc::CallbackServerContext*, const HealthCheckRequest* request) {
  const grpc::Status size = CheckSize(*request);
  auto* watcher = new Watcher(*this, size.ok() ? request->service() : "");
  if (!size.ok()) {
    watcher->Refuse(size);
    return watcher;
  }
  base::MutexLock lock(mutex_);
  watchers_.insert(watcher);
  watcher->Send(StatusOf(watcher->service()));
  if (ended_) watcher->End();
  return watcher;
}

void HealthService::Forget(Watcher* watcher) {
  base::MutexLock lock(mutex_);
  watchers_.erase(watcher);
}

}  // namespace aifx::ops
