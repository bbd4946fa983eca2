#ifndef AIFX_SERVER_RPC_PREDICTION_ENGINE_H_
#define AIFX_SERVER_RPC_PREDICTION_ENGINE_H_

#include <utility>
#include <vector>

#include "core/pipeline/predictor.h"

namespace aifx::rpc {

// pipeline::Predictor's steps as a port, so that the service is tested without a model.
// Thread-safe.
class PredictionEngine {
 public:
  virtual ~PredictionEngine() = default;
  virtual absl::StatusOr<pipeline::PreparedRequest> Prepare(
      pipeline::PredictRequest request) const = 0;
  virtual absl::Status Fetch(pipeline::PreparedRequest& prepared,
                             const base::CallContext& context) const = 0;
  virtual std::vector<absl::StatusOr<pipeline::PredictAnswer>> Run(
      absl::Span<pipeline::PreparedRequest> items) const = 0;
};

// The real one. `predictor` outlives it.
class PredictorEngine final : public PredictionEngine {
 public:
  explicit PredictorEngine(const pipeline::Predictor& predictor) : predictor_(predictor) {}

  absl::StatusOr<pipeline::PreparedRequest> Prepare(
      pipeline::PredictRequest request) const override {
    return predictor_.Prepare(std::move(request));
  }
  absl::Status Fetch(pipeline::PreparedRequest& prepared,
                     const base::CallContext& context) const override {
    return predictor_.Fetch(prepared, context);
  }
  std::vector<absl::StatusOr<pipeline::PredictAnswer>> Run(
      absl::Span<pipeline::PreparedRequest> items) const override {
    return predictor_.Run(items);
  }

 private:
  const pipeline::Predictor& predictor_;
};

}  // namespace aifx::rpc

#endif  // AIFX_SERVER_RPC_PREDICTION_ENGINE_H_
