#ifndef AIFX_SERVER_OPS_HEALTH_SERVICE_H_
#define AIFX_SERVER_OPS_HEALTH_SERVICE_H_

#include <map>
#include <set>
#include <string>

#include "core/base/mutex.h"
#include "grpc/health/v1/health.grpc.pb.h"

namespace aifx::ops {

// grpc.health.v1.Health over generated messages, so that reflection can describe it (gRPC's own
// default service is not). The empty name is the server as a whole: liveness. It is open to all, so
// that what a call may hold is little: a service's name of more than 200 bytes, or another request
// of more than 1 KiB, is INVALID_ARGUMENT. Thread-safe.
class HealthService final : public grpc::health::v1::Health::CallbackService {
 public:
  using Status = grpc::health::v1::HealthCheckResponse::ServingStatus;

  HealthService();
  // REQUIRES: no Watch runs any more; a gRPC server that was shut down has none.
  ~HealthService() override;

  // Sets a service's status and tells its watchers. Without effect after Drain.
  void SetServing(const std::string& service, bool serving);

  // Everything becomes NOT_SERVING, for good.
  void Drain();

  // Ends every Watch with UNAVAILABLE, so that watchers do not hold up the server's end.
  void EndWatches();

  grpc::ServerUnaryReactor* Check(grpc::CallbackServerContext* context,
                                  const grpc::health::v1::HealthCheckRequest* request,
                                  grpc::health::v1::HealthCheckResponse* response) override;
  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext* context,
                                 const grpc::health::v1::HealthListRequest* request,
                                 grpc::health::v1::HealthListResponse* response) override;
  grpc::ServerWriteReactor<grpc::health::v1::HealthCheckResponse>* Watch(
      grpc::CallbackServerContext* context,
      const grpc::health::v1::HealthCheckRequest* request) override;

 private:
  class Watcher;

  // SERVICE_UNKNOWN for a service that was never set.
  Status StatusOf(const std::string& service) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Forget(Watcher* watcher);

  mutable base::Mutex mutex_;
  std::map<std::string, Status> statuses_ ABSL_GUARDED_BY(mutex_);
  std::set<Watcher*> watchers_ ABSL_GUARDED_BY(mutex_);
  bool draining_ ABSL_GUARDED_BY(mutex_) = false;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace aifx::ops

#endif  // AIFX_SERVER_OPS_HEALTH_SERVICE_H_
