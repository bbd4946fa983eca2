#ifndef AIFX_SERVER_RPC_GUARD_H_
#define AIFX_SERVER_RPC_GUARD_H_

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/call_context.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/base/mutex.h"
#include "core/serving/executor.h"
#include "server/rpc/authorizer.h"
#include "server/rpc/call_metrics.h"

namespace aifx::rpc {

struct GuardOptions {
  absl::Duration max_deadline = absl::Seconds(30);  // caps a call's, and serves where it has none
  size_t receive_bytes = 4 << 20;
  const Authorizer* authorizer = nullptr;  // null: everybody may call; else it outlives the guard
  CallMetrics* metrics = nullptr;          // null: calls are not counted; else outlives the guard
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
  CallMetrics::Method* const metrics_;                     // null: not counted
  grpc::CallbackServerContext* server_context_ = nullptr;  // gRPC's; both valid until Finish
  Reactor* reactor_ = nullptr;
  std::atomic<bool> finished_{false};
};

using CallPtr = std::shared_ptr<Call>;

// A streaming call that was let in: counts as in flight and is logged, with what it ended with,
// when it is destroyed. Owned by the stream's reactor until OnDone.
class StreamCall {
 public:
  ~StreamCall();
  StreamCall(const StreamCall&) = delete;
  StreamCall& operator=(const StreamCall&) = delete;

  // Id, trace and cancellation of the whole stream; its deadline is the caller's, without a cap.
  const base::CallContext& context() const { return context_; }

  // The context of one step, whose deadline is capped like a unary call's.
  base::CallContext StepContext() const;

  // `end` is called, from another thread or at once, when the server drains; never after the
  // StreamCall was destroyed. It must not block nor destroy it, and may be called twice. Call once.
  void WhenDraining(std::function<void()> end);

  // ResourceExhausted where one message of the stream has more `bytes` than a unary call's may;
  // `max_bytes` 0 means the default.
  absl::Status CheckMessage(size_t bytes, size_t max_bytes = 0) const;

  // Notes `status` for the log line; the same as gRPC carries it.
  grpc::Status EndWith(const absl::Status& status);

 private:
  friend class CallGuard;
  StreamCall(CallGuard& guard, std::string method, base::CallContext context);

  CallGuard& guard_;
  const std::string method_;
  const base::CallContext context_;
  std::function<void()> end_;
  const int64_t start_nanos_;
  CallMetrics::Method* const metrics_;  // null: not counted
  absl::Status status_;                 // written before the stream's end, read after
};

// What every method goes through: authorization, deadline (capped), x-request-id (taken or made,
// and returned: with an answer in its metadata, always in the trailers), traceparent, size limit,
// exception stop, status translation, drain and one log line a call. Thread-safe; outlives the gRPC
// server.
class CallGuard {
 public:
  CallGuard(base::Clock& clock, base::Logger& logger, GuardOptions options)
      : clock_(clock), logger_(logger), options_(options) {
    SetLimits(options.max_deadline, options.receive_bytes);
  }

  // Starts a call: `handler` runs on this RPC thread and must not block; it, or what it hands on,
  // calls Finish. `method` is such as "PredictionService.Predict"; `max_bytes` 0 means the default.
  grpc::ServerUnaryReactor* Start(grpc::CallbackServerContext* context, absl::string_view method,
                                  size_t request_bytes,
                                  const std::function<void(const CallPtr&)>& handler,
                                  size_t max_bytes = 0);

  // Lets a stream in, or says why not. `request_bytes` of the one request, where it has one; the
  // messages of others go through StreamCall::CheckMessage. `max_bytes` 0 means the default.
  absl::StatusOr<std::unique_ptr<StreamCall>> AdmitStream(grpc::CallbackServerContext* context,
                                                          absl::string_view method,
                                                          size_t request_bytes = 0,
                                                          size_t max_bytes = 0);

  // Runs `work` on an executor unless the call has ended by then; a full queue ends the call.
  void Offload(serving::Executor& executor, const CallPtr& call, std::function<void()> work);

  // A method of the contract that does not exist yet.
  grpc::ServerUnaryReactor* NotThereYet(grpc::CallbackServerContext* context,
                                        absl::string_view method);
  static absl::Status NotThereYetError(absl::string_view method);

  // From now on, for calls that begin.
  void SetLimits(absl::Duration max_deadline, size_t receive_bytes) {
    max_deadline_ms_.store(absl::ToInt64Milliseconds(max_deadline));
    receive_bytes_.store(receive_bytes);
  }

  // From now on new calls get UNAVAILABLE, and streams are told to end.
  void RefuseNewCalls();
  int64_t CallsInFlight() const { return in_flight_.load(); }

  base::Clock& clock() { return clock_; }

 private:
  friend class Call;
  friend class StreamCall;

  base::CallContext ContextOf(const grpc::CallbackServerContext& context) const;
  absl::Status Admit(const grpc::CallbackServerContext& context, absl::string_view method,
                     size_t request_bytes, size_t max_bytes) const;
  absl::Status CheckSize(size_t bytes, size_t max_bytes) const;
  void LogCall(const std::string& method, const base::CallContext& context, int64_t start_nanos,
               CallMetrics::Method* metrics, const absl::Status& status) const;
  CallMetrics::Method* MetricsOf(absl::string_view method) const {
    return options_.metrics == nullptr ? nullptr : &options_.metrics->Of(method);
  }
  absl::Time LatestDeadline() const {
    return clock_.Now() + absl::Milliseconds(max_deadline_ms_.load());
  }

  base::Clock& clock_;
  base::Logger& logger_;
  const GuardOptions options_;  // as at the start
  std::atomic<int64_t> max_deadline_ms_;
  std::atomic<size_t> receive_bytes_;
  std::atomic<bool> draining_{false};
  std::atomic<int64_t> in_flight_{0};
  base::Mutex streams_mutex_;
  absl::flat_hash_set<StreamCall*> streams_ ABSL_GUARDED_BY(streams_mutex_);
};

}  // namespace aifx::rpc

#endif  // AIFX_SERVER_RPC_GUARD_H_
