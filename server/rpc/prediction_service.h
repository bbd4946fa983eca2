#ifndef AIFX_SERVER_RPC_PREDICTION_SERVICE_H_
#define AIFX_SERVER_RPC_PREDICTION_SERVICE_H_

#include <memory>
#include <string>

#include "aifx/ml/v1/prediction_service.grpc.pb.h"
#include "core/records/submission_store.h"
#include "core/serving/executor.h"
#include "server/rpc/explain_prediction.h"
#include "server/rpc/guard.h"
#include "server/rpc/prediction_engine.h"

namespace aifx::rpc {

// What the service works with; all outlive it.
struct PredictionServiceDeps {
  CallGuard& guard;
  const PredictionEngine& engine;
  records::SubmissionStore& submissions;  // for `submit`
  serving::Executor& inference;           // models run here
  serving::Executor& durable;             // waits for the disk here
  serving::Executor& blocking;            // and for the backend here
  const ExplainPrediction& explain;       // has executors of its own
  std::string default_model;              // for requests that name none; may be empty
  size_t batch_receive_bytes = 16 << 20;
};

// aifx.ml.v1.PredictionService. Converts and checks on the RPC thread; everything else runs on the
// executors, so that no reaction blocks.
class PredictionService final : public ml::v1::PredictionService::CallbackService {
 public:
  explicit PredictionService(PredictionServiceDeps deps) : deps_(std::move(deps)) {}

  grpc::ServerUnaryReactor* Predict(grpc::CallbackServerContext* context,
                                    const ml::v1::PredictRequest* request,
                                    ml::v1::PredictResponse* response) override;
  grpc::ServerUnaryReactor* BatchPredict(grpc::CallbackServerContext* context,
                                         const ml::v1::BatchPredictRequest* request,
                                         ml::v1::BatchPredictResponse* response) override;

  grpc::ServerBidiReactor<ml::v1::StreamPredictRequest, ml::v1::StreamPredictResponse>*
  StreamPredict(grpc::CallbackServerContext* context) override;
  grpc::ServerWriteReactor<ml::v1::WatchPredictionsResponse>* WatchPredictions(
      grpc::CallbackServerContext* context,
      const ml::v1::WatchPredictionsRequest* request) override;
  grpc::ServerUnaryReactor* ExplainPrediction(grpc::CallbackServerContext* context,
                                              const ml::v1::ExplainPredictionRequest* request,
                                              ml::v1::ExplainPredictionResponse* response) override;

 private:
  struct Item;
  struct Work;

  absl::Status PrepareItem(const ml::v1::PredictRequest& request, Item& item) const;
  void StartWork(std::shared_ptr<Work> work);
  void FetchAll(const std::shared_ptr<Work>& work);
  void QueueInference(const std::shared_ptr<Work>& work);
  void Infer(const std::shared_ptr<Work>& work);
  void SubmitAll(const std::shared_ptr<Work>& work);
  void SubmitOne(Item& item, const Work& work) const;
  absl::StatusOr<records::SubmissionReceipt> Keep(const Item& item, const Work& work) const;
  void ReportNotKept(Item& item, const Work& work, const absl::Status& status) const;
  void Answer(Work& work);

  const PredictionServiceDeps deps_;
};

}  // namespace aifx::rpc

#endif  // AIFX_SERVER_RPC_PREDICTION_SERVICE_H_
