#ifndef AIFX_SERVER_RPC_EXPLAIN_PREDICTION_H_
#define AIFX_SERVER_RPC_EXPLAIN_PREDICTION_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "aifx/ml/v1/prediction_service.pb.h"
#include "core/pipeline/explainer.h"
#include "core/serving/batcher.h"
#include "core/serving/executor.h"
#include "server/rpc/guard.h"
#include "server/rpc/prediction_engine.h"

namespace aifx::rpc {

// PredictionService.ExplainPrediction. An explanation costs as much as hundreds of predictions, so
// that they wait in a short lane of their own, behind single predictions, and are computed one at a
// time and in pieces: a prediction waits for a piece at most. Thread-safe.
class ExplainPrediction {
 public:
  // What it works with; references outlive it.
  struct Deps {
    CallGuard& guard;
    const PredictionEngine& engine;  // prepares and fetches
    // As pipeline::Explainer::Start.
    std::function<std::unique_ptr<pipeline::ExplanationRun>(pipeline::PreparedRequest prepared,
                                                            int steps)>
        explain;
    serving::Executor& blocking;  // waits for the backend
    serving::Batcher& inference;  // explains
    std::string default_model;    // for requests that name none; may be empty
  };

  explicit ExplainPrediction(Deps deps) : deps_(std::move(deps)) {}

  grpc::ServerUnaryReactor* Start(grpc::CallbackServerContext* context,
                                  const ml::v1::ExplainPredictionRequest* request,
                                  ml::v1::ExplainPredictionResponse* response) const;

 private:
  struct Work;
  class Job;

  absl::Status Prepare(const ml::v1::ExplainPredictionRequest& request, Work& work) const;
  void Fetch(const std::shared_ptr<Work>& work) const;
  void Queue(const std::shared_ptr<Work>& work) const;
  // Does a piece of the explanation; queues the next one or answers.
  void Advance(const std::shared_ptr<Work>& work) const;
  void Answer(Work& work) const;

  const Deps deps_;
};

}  // namespace aifx::rpc

#endif  // AIFX_SERVER_RPC_EXPLAIN_PREDICTION_H_
