#ifndef AIFX_SERVER_RPC_INFERENCE_BATCHER_RUNNER_H_
#define AIFX_SERVER_RPC_INFERENCE_BATCHER_RUNNER_H_

#include "core/serving/batcher.h"
#include "server/rpc/inference/inference_runner.h"

namespace aifx::rpc {

// Windows for one model share a run where they wait together. Requests of more than 16 windows wait
// in the lane of batches, so that they do not hold up single ones. The batcher outlives it.
class BatcherRunner final : public InferenceRunner {
 public:
  explicit BatcherRunner(serving::Batcher& batcher) : batcher_(batcher) {}

  void Submit(InferenceJob job, Done done) override;

 private:
  class Job;

  serving::Batcher& batcher_;
};

}  // namespace aifx::rpc

#endif  // AIFX_SERVER_RPC_INFERENCE_BATCHER_RUNNER_H_
