#ifndef AIFX_SERVER_RPC_RECORD_SERVICE_H_
#define AIFX_SERVER_RPC_RECORD_SERVICE_H_

#include "aifx/ml/v1/record_service.grpc.pb.h"
#include "core/records/ports.h"
#include "core/serving/executor.h"
#include "server/rpc/guard.h"

namespace aifx::rpc {

// What the service works with; all outlive it.
struct RecordServiceDeps {
  CallGuard& guard;
  records::PredictionSink& predictions;
  records::OutcomeSink& outcomes;
  records::RecordReader& reader;
  serving::Executor& blocking;  // the ports block
};

// aifx.ml.v1.RecordService. Without a durable outbox a submission is answered after the backend
// has.
class RecordService final : public ml::v1::RecordService::CallbackService {
 public:
  explicit RecordService(RecordServiceDeps deps) : deps_(deps) {}

  grpc::ServerUnaryReactor* SubmitPrediction(grpc::CallbackServerContext* context,
                                             const ml::v1::SubmitPredictionRequest* request,
                                             ml::v1::SubmitPredictionResponse* response) override;
  grpc::ServerUnaryReactor* UpdateOutcome(grpc::CallbackServerContext* context,
                                          const ml::v1::UpdateOutcomeRequest* request,
                                          ml::v1::UpdateOutcomeResponse* response) override;
  grpc::ServerUnaryReactor* ListPredictions(grpc::CallbackServerContext* context,
                                            const ml::v1::ListPredictionsRequest* request,
                                            ml::v1::ListPredictionsResponse* response) override;
  grpc::ServerUnaryReactor* GetAccuracy(grpc::CallbackServerContext* context,
                                        const ml::v1::GetAccuracyRequest* request,
                                        ml::v1::GetAccuracyResponse* response) override;

  grpc::ServerUnaryReactor* GetSubmission(grpc::CallbackServerContext* context,
                                          const ml::v1::GetSubmissionRequest*,
                                          ml::v1::Submission*) override {
    return deps_.guard.NotThereYet(context, "RecordService.GetSubmission");
  }
  grpc::ServerUnaryReactor* ListSubmissions(grpc::CallbackServerContext* context,
                                            const ml::v1::ListSubmissionsRequest*,
                                            ml::v1::ListSubmissionsResponse*) override {
    return deps_.guard.NotThereYet(context, "RecordService.ListSubmissions");
  }
  grpc::ServerUnaryReactor* RequeueSubmission(grpc::CallbackServerContext* context,
                                              const ml::v1::RequeueSubmissionRequest*,
                                              ml::v1::Submission*) override {
    return deps_.guard.NotThereYet(context, "RecordService.RequeueSubmission");
  }
  grpc::ServerUnaryReactor* PurgeSubmissions(grpc::CallbackServerContext* context,
                                             const ml::v1::PurgeSubmissionsRequest*,
                                             ml::v1::PurgeSubmissionsResponse*) override {
    return deps_.guard.NotThereYet(context, "RecordService.PurgeSubmissions");
  }

 private:
  const RecordServiceDeps deps_;
};

}  // namespace aifx::rpc

#endif  // AIFX_SERVER_RPC_RECORD_SERVICE_H_
