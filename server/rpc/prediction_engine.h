#ifndef AIFX_SERVER_RPC_PREDICTION_ENGINE_H_
#define AIFX_SERVER_RPC_PREDICTION_ENGINE_H_

#include <utility>

#include "core/pipeline/async_predictor.h"

namespace aifx::rpc {

// What the service needs of the pipeline, as a port, so that it is tested without a model.
// Thread-safe.
class PredictionEngine {
 public:
  virtual ~PredictionEngine() = default;
  // See pipeline::Predictor.
  virtual absl::StatusOr<pipeline::PreparedRequest> Prepare(
      pipeline::PredictRequest request) const = 0;
  virtual absl::Status Fetch(pipeline::PreparedRequest& prepared,
                             const base::CallContext& context) const = 0;
  // See pipeline::AsyncPredictor.
  virtual void Start(pipeline::PreparedRequest request, serving::Lane lane,
                     const base::CallContext& context, pipeline::AsyncPredictor::Done done,
                     serving::Computes computes) = 0;
  virtual void Invalidate(const market::CurrencyPair& pair, market::Timeframe timeframe,
                          absl::Time open_time) = 0;
};

// The real one; what it is made of outlives it.
class PredictorEngine final : public PredictionEngine {
 public:
  PredictorEngine(const pipeline::Predictor& predictor, pipeline::AsyncPredictor& async)
      : predictor_(predictor), async_(async) {}

  absl::StatusOr<pipeline::PreparedRequest> Prepare(
      pipeline::PredictRequest request) const override {
    return predictor_.Prepare(std::move(request));
  }
  absl::Status Fetch(pipeline::PreparedRequest& prepared,
                     const base::CallContext& context) const override {
    return predictor_.Fetch(prepared, context);
  }
  void Start(pipeline::PreparedRequest request, serving::Lane lane,
             const base::CallContext& context, pipeline::AsyncPredictor::Done done,
             serving::Computes computes) override {
    async_.Start(std::move(request), lane, context, std::move(done), computes);
  }
  void Invalidate(const market::CurrencyPair& pair, market::Timeframe timeframe,
                  absl::Time open_time) override {
    async_.Invalidate(pair, timeframe, open_time);
  }

 private:
  const pipeline::Predictor& predictor_;
  pipeline::AsyncPredictor& async_;
};

}  // namespace aifx::rpc

#endif  // AIFX_SERVER_RPC_PREDICTION_ENGINE_H_
