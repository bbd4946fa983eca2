#ifndef AIFX_SERVER_RPC_GUARD_H_
#define AIFX_SERVER_RPC_GUARD_H_

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "core/base/call_context.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/serving/executor.h"

namespace aifx::rpc {

struct GuardOptions {
  absl::Duration max_deadline = absl::Seconds(30);  // caps a call's, and serves where it has none
  size_t receive_bytes = 4 << 20;
};

class CallGuard;

// One unary call that has not been answered yet. Shared by the tasks that work on it; the first
// Finish answers, later ones do nothing, and a call that everybody let go of is answered INTERNAL.
// The request and response messages live until the answer. Thread-safe.
class Call {
 public:
  ~Call();
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  // Deadline, request id and cancellation, for every step.
  const base::CallContext& context() const { return context_; }

  void Finish(const absl::Status& status);

  // Runs `work`; an exception out of it ends the call with INTERNAL.
  void Protect(const std::function<void()>& work);

  // CANCELLED or DEADLINE_EXCEEDED where going on is of no use.
  absl::Status CheckAlive() const;

 private:
  friend class CallGuard;
  class Reactor;

  Call(CallGuard& guard, std::string method, base::CallContext context);

  CallGuard& guard_;
  const std::string method_;
  const base::CallContext context_;
  const int64_t start_nanos_;
  Reactor* reactor_ = nullptr;  // gRPC's; valid until Finish
  std::atomic<bool> finished_{false};
};

using CallPtr = std::shared_ptr<Call>;

// What every method goes through: deadline (capped), x-request-id (taken or made, and returned),
// traceparent, size limit, exception stop, status translation, drain and one log line a call.
// Thread-safe; outlives the gRPC server.
class CallGuard {
 public:
  CallGuard(base::Clock& clock, base::Logger& logger, GuardOptions options)
      : clock_(clock), logger_(logger), options_(options) {}

  // Starts a call: `handler` runs on this RPC thread and must not block; it, or what it hands on,
  // calls Finish. `method` is such as "PredictionService.Predict"; `max_bytes` 0 means the default.
  grpc::ServerUnaryReactor* Start(grpc::CallbackServerContext* context, absl::string_view method,
                                  size_t request_bytes,
                                  const std::function<void(const CallPtr&)>& handler,
                                  size_t max_bytes = 0);

  // Runs `work` on an executor unless the call has ended by then; a full queue ends the call.
  void Offload(serving::Executor& executor, const CallPtr& call, std::function<void()> work);

  // A method of the contract that does not exist yet.
  grpc::ServerUnaryReactor* NotThereYet(grpc::CallbackServerContext* context,
                                        absl::string_view method);
  static grpc::Status NotThereYetStatus(absl::string_view method);

  // From now on new calls get UNAVAILABLE.
  void RefuseNewCalls() { draining_.store(true); }
  int64_t CallsInFlight() const { return in_flight_.load(); }

  base::Clock& clock() { return clock_; }

 private:
  friend class Call;
  friend class InferStreamCall;  // the same for streams

  base::CallContext ContextOf(const grpc::CallbackServerContext& context) const;
  absl::Status Admit(size_t request_bytes, size_t max_bytes) const;
  void LogCall(const Call& call, const absl::Status& status) const;

  base::Clock& clock_;
  base::Logger& logger_;
  const GuardOptions options_;
  std::atomic<bool> draining_{false};
  std::atomic<int64_t> in_flight_{0};
};

}  // namespace aifx::rpc

#endif  // AIFX_SERVER_RPC_GUARD_H_
