#ifndef AIFX_SERVER_RPC_TRAINING_SERVICE_H_
#define AIFX_SERVER_RPC_TRAINING_SERVICE_H_

#include "aifx/ml/v1/training_service.grpc.pb.h"
#include "server/rpc/guard.h"
#include "server/rpc/status.h"
#include "server/rpc/unimplemented.h"

namespace aifx::rpc {

// aifx.ml.v1.TrainingService: not there yet; models are trained with `aifx train`.
class TrainingService final : public ml::v1::TrainingService::CallbackService {
 public:
  explicit TrainingService(CallGuard& guard) : guard_(guard) {}

  grpc::ServerUnaryReactor* StartTraining(grpc::CallbackServerContext* context,
                                          const ml::v1::StartTrainingRequest*,
                                          ml::v1::Training*) override {
    return guard_.NotThereYet(context, "TrainingService.StartTraining");
  }
  grpc::ServerUnaryReactor* GetTraining(grpc::CallbackServerContext* context,
                                        const ml::v1::GetTrainingRequest*,
                                        ml::v1::Training*) override {
    return guard_.NotThereYet(context, "TrainingService.GetTraining");
  }
  grpc::ServerWriteReactor<ml::v1::WatchTrainingResponse>* WatchTraining(
      grpc::CallbackServerContext* context, const ml::v1::WatchTrainingRequest* request) override {
    constexpr char kMethod[] = "TrainingService.WatchTraining";
    const auto call = guard_.AdmitStream(context, kMethod, request->ByteSizeLong());
    return new UnimplementedServerStream<ml::v1::WatchTrainingResponse>(
        call.ok() ? (*call)->EndWith(CallGuard::NotThereYetError(kMethod))
                  : ToGrpcStatus(call.status(), ""));
  }
  grpc::ServerUnaryReactor* CancelTraining(grpc::CallbackServerContext* context,
                                           const ml::v1::CancelTrainingRequest*,
                                           ml::v1::Training*) override {
    return guard_.NotThereYet(context, "TrainingService.CancelTraining");
  }

 private:
  CallGuard& guard_;
};

}  // namespace aifx::rpc

#endif  // AIFX_SERVER_RPC_TRAINING_SERVICE_H_
