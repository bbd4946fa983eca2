#ifndef AIFX_SERVER_RPC_INFERENCE_MODEL_INFERENCE_H_
#define AIFX_SERVER_RPC_INFERENCE_MODEL_INFERENCE_H_

#include <functional>

#include "absl/status/status.h"
#include "core/base/call_context.h"
#include "core/base/clock.h"
#include "core/serving/registry.h"
#include "inference/grpc_service.pb.h"
#include "server/rpc/inference/inference_runner.h"
#include "server/rpc/inference/inference_statistics.h"

namespace aifx::rpc {

// One request of the protocol from message to message: model, checked windows, the runner, answer,
// statistics. Unary calls and streams share it. Thread-safe; what it refers to outlives it.
class ModelInference {
 public:
  // Called once with the request's end, from the caller's thread or one of the runner's.
  using Done = std::function<void(const absl::Status&)>;

  ModelInference(const serving::ModelRegistry& registry, InferenceRunner& runner,
                 InferenceStatistics& statistics, base::Clock& clock)
      : registry_(registry), runner_(runner), statistics_(statistics), clock_(clock) {}

  // Blocks for the computation only, and where `computes` allows it. `request` is read during the
  // call only; `response` is written before `done` and lives until then.
  void Infer(const ::inference::ModelInferRequest& request, const base::CallContext& context,
             ::inference::ModelInferResponse& response, Done done,
             serving::Computes computes) const;

 private:
  struct Work;

  void Answer(Work& work, absl::StatusOr<InferenceResult> result) const;

  const serving::ModelRegistry& registry_;
  InferenceRunner& runner_;
  InferenceStatistics& statistics_;
  base::Clock& clock_;
};

}  // namespace aifx::rpc

#endif  // AIFX_SERVER_RPC_INFERENCE_MODEL_INFERENCE_H_
