#ifndef AIFX_SERVER_RPC_INFERENCE_INFERENCE_RUNNER_H_
#define AIFX_SERVER_RPC_INFERENCE_INFERENCE_RUNNER_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/base/call_context.h"
#include "core/model/model.h"
#include "core/serving/batch_lane.h"

namespace aifx::rpc {

// Windows for one model.
struct InferenceJob {
  std::shared_ptr<const model::Model> model;
  std::vector<float> windows;  // [batch, sequence, features]
  size_t batch = 0;
  base::CallContext context;  // deadline and cancellation
  serving::Computes computes = serving::Computes::kNever;
};

struct InferenceResult {
  std::vector<float> logits;  // [batch, classes] of the job
  absl::Duration queue;       // until the model began
  absl::Duration infer;       // the model's own time
  size_t executed_rows = 0;   // windows that the model computed in that run, the job's among them
  bool counts_execution = true;  // true for one job of each run
};

// Where windows wait for a model and are computed. Thread-safe.
class InferenceRunner {
 public:
  using Done = std::function<void(absl::StatusOr<InferenceResult>)>;

  virtual ~InferenceRunner() = default;

  // Calls `done` once, from this thread for what is refused at once, else from another:
  // ResourceExhausted or Unavailable with a retry hint, DeadlineExceeded or Cancelled for a job
  // whose context ended in the queue, or what Model::Run answers. `done` must not throw.
  virtual void Submit(InferenceJob job, Done done) = 0;
};

}  // namespace aifx::rpc

#endif  // AIFX_SERVER_RPC_INFERENCE_INFERENCE_RUNNER_H_
