#ifndef AIFX_SERVER_RPC_INFERENCE_INFER_STREAM_CALL_H_
#define AIFX_SERVER_RPC_INFERENCE_INFER_STREAM_CALL_H_

#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/call_context.h"
#include "server/rpc/guard.h"

namespace aifx::rpc {

// What the guard does for a unary call, for a stream: drain, x-request-id, traceparent, status
// translation and one log line at its end. Counts as a call in flight while it lives. A stream
// lasts as long as its caller wants; each of its messages has a deadline of its own. Thread-safe
// but for EndWith.
class InferStreamCall {
 public:
  // Unavailable while the server drains. `guard` outlives the call.
  static absl::StatusOr<std::unique_ptr<InferStreamCall>> Open(CallGuard& guard,
                                                               grpc::CallbackServerContext* context,
                                                               absl::string_view method);
  ~InferStreamCall();
  InferStreamCall(const InferStreamCall&) = delete;
  InferStreamCall& operator=(const InferStreamCall&) = delete;

  // The stream's; copies share its cancellation.
  const base::CallContext& context() const { return context_; }
  // For one message that came now: the guard's longest deadline from here, or the stream's own.
  base::CallContext StepContext() const;

  // The stream's end as the log and the caller see it. `messages`: how many requests came.
  grpc::Status EndWith(const absl::Status& status, int64_t messages);

 private:
  InferStreamCall(CallGuard& guard, std::string method, base::CallContext context);

  CallGuard& guard_;
  const std::string method_;
  const base::CallContext context_;
  const int64_t start_nanos_;
};

}  // namespace aifx::rpc

#endif  // AIFX_SERVER_RPC_INFERENCE_INFER_STREAM_CALL_H_
