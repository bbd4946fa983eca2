#ifndef AIFX_SERVER_RPC_RECORD_SERVICE_H_
#define AIFX_SERVER_RPC_RECORD_SERVICE_H_

#include <functional>

#include "aifx/ml/v1/record_service.grpc.pb.h"
#include "core/records/ports.h"
#include "core/records/submission_store.h"
#include "core/serving/executor.h"
#include "server/rpc/guard.h"

namespace aifx::rpc {

// What the service works with; all outlive it.
struct RecordServiceDeps {
  CallGuard& guard;
  records::SubmissionStore& submissions;
  records::RecordReader& reader;
  serving::Executor& durable;   // waits for the disk here, so that it never waits for the backend
  serving::Executor& waiting;   // for the backend's answer to what is kept here
  serving::Executor& blocking;  // and for what is read from the backend here
  bool remote_admin = false;    // whether administrators may call from another machine
};

// aifx.ml.v1.RecordService. Converts and checks on the RPC thread; the ports block, so they are
// called on the executors.
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
                                          const ml::v1::GetSubmissionRequest* request,
                                          ml::v1::Submission* response) override;
  grpc::ServerUnaryReactor* ListSubmissions(grpc::CallbackServerContext* context,
                                            const ml::v1::ListSubmissionsRequest* request,
                                            ml::v1::ListSubmissionsResponse* response) override;
  grpc::ServerUnaryReactor* RequeueSubmission(grpc::CallbackServerContext* context,
                                              const ml::v1::RequeueSubmissionRequest* request,
                                              ml::v1::Submission* response) override;
  grpc::ServerUnaryReactor* PurgeSubmissions(grpc::CallbackServerContext* context,
                                             const ml::v1::PurgeSubmissionsRequest* request,
                                             ml::v1::PurgeSubmissionsResponse* response) override;

 private:
  using Receipt = absl::StatusOr<records::SubmissionReceipt>;
  // Keeps a submission, then, for who wants the backend's answer, waits for that: it is kept
  // however many wait. `submit` and `answer` (which also finishes the call) run on executors.
  void Keep(const CallPtr& call, records::Acknowledge until, std::function<Receipt()> submit,
            std::function<void(const Receipt&)> answer) const;

  const RecordServiceDeps deps_;
};

}  // namespace aifx::rpc

#endif  // AIFX_SERVER_RPC_RECORD_SERVICE_H_
