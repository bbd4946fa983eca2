#ifndef AIFX_SERVER_RPC_PREDICTION_SERVICE_H_
#define AIFX_SERVER_RPC_PREDICTION_SERVICE_H_

#include <memory>
#include <string>

#include "aifx/ml/v1/prediction_service.grpc.pb.h"
#include "core/records/submission_store.h"
#include "core/serving/executor.h"
#include "server/rpc/arena_messages.h"
#include "server/rpc/explain_prediction.h"
#include "server/rpc/guard.h"
#include "server/rpc/prediction_engine.h"
#include "server/rpc/stage_metrics.h"
#include "server/rpc/watch_hub.h"

namespace aifx::rpc {

// What the service works with; all outlive it.
struct PredictionServiceDeps {
  CallGuard& guard;
  PredictionEngine& engine;
  records::SubmissionStore& submissions;  // for `submit`
  serving::Executor& durable;             // waits for the disk here
  const ExplainPrediction& explain;       // has a lane of its own
  std::string default_model;              // for requests that name none; may be empty
  size_t batch_receive_bytes = 16 << 20;
  WatchHub& watches;               // for WatchPredictions
  StageMetrics* stages = nullptr;  // null: not counted
};

// aifx.ml.v1.PredictionService. Converts and checks on the RPC thread; what takes longer runs on
// the engine's threads and on executors, so that no reaction blocks.
class PredictionService final : public ml::v1::PredictionService::CallbackService {
 public:
  explicit PredictionService(PredictionServiceDeps deps) : deps_(std::move(deps)) {
    SetMessageAllocatorFor_Predict(&predict_messages_);
    SetMessageAllocatorFor_BatchPredict(&batch_messages_);
  }

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
  void StartWork(const std::shared_ptr<Work>& work);
  void TakeAnswer(absl::StatusOr<pipeline::PredictAnswer> answer, Item& item) const;
  void ItemEnded(const std::shared_ptr<Work>& work);
  void SubmitAll(const std::shared_ptr<Work>& work);
  void SubmitOne(Item& item, const Work& work) const;
  absl::StatusOr<records::SubmissionReceipt> Keep(const Item& item, const Work& work) const;
  void ReportNotKept(Item& item, const Work& work, const absl::Status& status) const;
  void Answer(Work& work);

  const PredictionServiceDeps deps_;
  ArenaMessages<ml::v1::PredictRequest, ml::v1::PredictResponse> predict_messages_;
  ArenaMessages<ml::v1::BatchPredictRequest, ml::v1::BatchPredictResponse> batch_messages_;
};

}  // namespace aifx::rpc

#endif  // AIFX_SERVER_RPC_PREDICTION_SERVICE_H_
