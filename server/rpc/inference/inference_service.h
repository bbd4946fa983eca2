#ifndef AIFX_SERVER_RPC_INFERENCE_INFERENCE_SERVICE_H_
#define AIFX_SERVER_RPC_INFERENCE_INFERENCE_SERVICE_H_

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "core/serving/executor.h"
#include "core/serving/model_control.h"
#include "core/serving/registry.h"
#include "inference/grpc_service.grpc.pb.h"
#include "server/rpc/guard.h"
#include "server/rpc/inference/infer_stream.h"
#include "server/rpc/inference/inference_runner.h"
#include "server/rpc/inference/inference_statistics.h"
#include "server/rpc/inference/model_inference.h"

namespace aifx::rpc {

// What the service works with; all outlive it.
struct InferenceServiceDeps {
  CallGuard& guard;
  const serving::ModelRegistry& registry;
  InferenceRunner& runner;
  serving::ModelControl* control = nullptr;  // null: loads and unloads are UNIMPLEMENTED
  serving::Executor& commands;               // they run here
  std::string store_root;           // cut out of reasons: callers do not learn where it lies
  bool remote_admin = false;        // loads and unloads from other machines too
  size_t receive_bytes = 16 << 20;  // of a ModelInfer request, alone or in a stream
};

// inference.GRPCInferenceService, the Open Inference Protocol: models without the engine's feature
// building and decisions around them. docs/open-inference-protocol.md says how it is read here.
class InferenceService final : public ::inference::GRPCInferenceService::CallbackService {
 public:
  explicit InferenceService(InferenceServiceDeps deps);

  // From now on ServerReady says no.
  void ReportNotReady() { leaving_.store(true); }
  // Answers what the streams have asked, then ends them; new ones end at once.
  void EndStreams() { streams_.EndAll(); }

  std::vector<VersionInferenceStats> Stats() const { return statistics_.Stats(); }

  grpc::ServerUnaryReactor* ServerLive(grpc::CallbackServerContext* context,
                                       const ::inference::ServerLiveRequest* request,
                                       ::inference::ServerLiveResponse* response) override;
  grpc::ServerUnaryReactor* ServerReady(grpc::CallbackServerContext* context,
                                        const ::inference::ServerReadyRequest* request,
                                        ::inference::ServerReadyResponse* response) override;
  grpc::ServerUnaryReactor* ModelReady(grpc::CallbackServerContext* context,
                                       const ::inference::ModelReadyRequest* request,
                                       ::inference::ModelReadyResponse* response) override;
  grpc::ServerUnaryReactor* ServerMetadata(grpc::CallbackServerContext* context,
                                           const ::inference::ServerMetadataRequest* request,
                                           ::inference::ServerMetadataResponse* response) override;
  grpc::ServerUnaryReactor* ModelMetadata(grpc::CallbackServerContext* context,
                                          const ::inference::ModelMetadataRequest* request,
                                          ::inference::ModelMetadataResponse* response) override;
  grpc::ServerUnaryReactor* ModelConfig(grpc::CallbackServerContext* context,
                                        const ::inference::ModelConfigRequest* request,
                                        ::inference::ModelConfigResponse* response) override;
  grpc::ServerUnaryReactor* ModelStatistics(
      grpc::CallbackServerContext* context, const ::inference::ModelStatisticsRequest* request,
      ::inference::ModelStatisticsResponse* response) override;

  grpc::ServerUnaryReactor* ModelInfer(grpc::CallbackServerContext* context,
                                       const ::inference::ModelInferRequest* request,
                                       ::inference::ModelInferResponse* response) override;
  grpc::ServerBidiReactor<::inference::ModelInferRequest, ::inference::ModelStreamInferResponse>*
  ModelStreamInfer(grpc::CallbackServerContext* context) override;

  grpc::ServerUnaryReactor* RepositoryIndex(
      grpc::CallbackServerContext* context, const ::inference::RepositoryIndexRequest* request,
      ::inference::RepositoryIndexResponse* response) override;
  grpc::ServerUnaryReactor* RepositoryModelLoad(
      grpc::CallbackServerContext* context, const ::inference::RepositoryModelLoadRequest* request,
      ::inference::RepositoryModelLoadResponse* response) override;
  grpc::ServerUnaryReactor* RepositoryModelUnload(
      grpc::CallbackServerContext* context,
      const ::inference::RepositoryModelUnloadRequest* request,
      ::inference::RepositoryModelUnloadResponse* response) override;

 private:
  // A method that is answered at once, from memory.
  grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext* context, absl::string_view method,
                                   const google::protobuf::Message& request,
                                   const std::function<absl::Status()>& answer);

  absl::Status Statistics(const ::inference::ModelStatisticsRequest& request,
                          ::inference::ModelStatisticsResponse& response) const;
  absl::Status Unload(const std::string& name, int64_t version,
                      const base::CallContext& context) const;

  const InferenceServiceDeps deps_;
  InferenceStatistics statistics_;
  const ModelInference inference_;
  InferStreams streams_;
  std::atomic<bool> leaving_{false};
};

}  // namespace aifx::rpc

#endif  // AIFX_SERVER_RPC_INFERENCE_INFERENCE_SERVICE_H_
