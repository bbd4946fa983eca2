#ifndef AIFX_SERVER_RPC_MODEL_SERVICE_H_
#define AIFX_SERVER_RPC_MODEL_SERVICE_H_

#include <functional>
#include <string>

#include "aifx/ml/v1/model_service.grpc.pb.h"
#include "core/model/model_store.h"
#include "core/serving/executor.h"
#include "core/serving/experiments.h"
#include "core/serving/kill_switch.h"
#include "core/serving/model_control.h"
#include "core/serving/registry.h"
#include "server/rpc/guard.h"

namespace aifx::rpc {

// What the service works with; all outlive it.
struct ModelServiceDeps {
  CallGuard& guard;
  const model::ModelStore& store;
  const serving::ModelRegistry& registry;
  serving::Executor& blocking;  // manifests are read from the disk
  serving::ModelControl& control;
  serving::KillSwitches& kill_switches;
  serving::Executor& switching;  // for kill switches alone: they wait for nothing else
  serving::Executor& commands;   // for what loads a model, which takes seconds
  // Told of a model after SetActiveVersion; must not block. May be empty.
  std::function<void(const std::string& name)> activated;
  bool remote_admin = false;  // whether administrators may call from another machine
  serving::Experiments* experiments = nullptr;  // null: the server has none
  // Told of an experiment that was created; must not block. May be empty.
  std::function<void(const serving::Experiment&)> experiment_started;
};

// aifx.ml.v1.ModelService: what is in the store, what of it serves, and the commands over it.
class ModelService final : public ml::v1::ModelService::CallbackService {
 public:
  explicit ModelService(ModelServiceDeps deps) : deps_(deps) {}

  grpc::ServerUnaryReactor* ListModels(grpc::CallbackServerContext* context,
                                       const ml::v1::ListModelsRequest* request,
                                       ml::v1::ListModelsResponse* response) override;
  grpc::ServerUnaryReactor* GetModel(grpc::CallbackServerContext* context,
                                     const ml::v1::GetModelRequest* request,
                                     ml::v1::GetModelResponse* response) override;

  grpc::ServerUnaryReactor* LoadModel(grpc::CallbackServerContext* context,
                                      const ml::v1::LoadModelRequest* request,
                                      ml::v1::Model* response) override;
  grpc::ServerUnaryReactor* UnloadModel(grpc::CallbackServerContext* context,
                                        const ml::v1::UnloadModelRequest* request,
                                        ml::v1::Model* response) override;
  grpc::ServerUnaryReactor* SetActiveVersion(grpc::CallbackServerContext* context,
                                             const ml::v1::SetActiveVersionRequest* request,
                                             ml::v1::SetActiveVersionResponse* response) override;
  grpc::ServerUnaryReactor* SetKillSwitch(grpc::CallbackServerContext* context,
                                          const ml::v1::SetKillSwitchRequest* request,
                                          ml::v1::SetKillSwitchResponse* response) override;
  // UNIMPLEMENTED, as the two below, where the server has no experiments.
  grpc::ServerUnaryReactor* ListExperiments(grpc::CallbackServerContext* context,
                                            const ml::v1::ListExperimentsRequest* request,
                                            ml::v1::ListExperimentsResponse* response) override;
  grpc::ServerUnaryReactor* CreateExperiment(grpc::CallbackServerContext* context,
                                             const ml::v1::CreateExperimentRequest* request,
                                             ml::v1::Experiment* response) override;
  grpc::ServerUnaryReactor* EndExperiment(grpc::CallbackServerContext* context,
                                          const ml::v1::EndExperimentRequest* request,
                                          ml::v1::Experiment* response) override;

 private:
  // Starts a call for administrators: `work` runs on `executor` and its status ends the call.
  grpc::ServerUnaryReactor* StartCommand(grpc::CallbackServerContext* context,
                                         absl::string_view method, size_t request_bytes,
                                         serving::Executor& executor,
                                         std::function<absl::Status(const Call&)> work);
  absl::Status SetActive(const ml::v1::SetActiveVersionRequest& request, const Call& call,
                         ml::v1::SetActiveVersionResponse& response) const;
  void DescribeVersion(const serving::VersionView& view, const std::string& request_id,
                       ml::v1::Model& message) const;
  absl::Status List(const ml::v1::ListModelsRequest& request, const std::string& request_id,
                    ml::v1::ListModelsResponse& response) const;
  absl::Status Get(const ml::v1::GetModelRequest& request, const std::string& request_id,
                   ml::v1::GetModelResponse& response) const;

  const ModelServiceDeps deps_;
};

}  // namespace aifx::rpc

#endif  // AIFX_SERVER_RPC_MODEL_SERVICE_H_
