#include "server/rpc/inference/inference_service.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/build_info.h"
#include "core/base/status_macros.h"
#include "core/base/violation.h"
#include "server/rpc/inference/model_description.h"
#include "server/rpc/inference/model_lookup.h"
#include "server/rpc/status.h"
#include "server/rpc/unimplemented.h"

namespace aifx::rpc {
namespace {

constexpr char kServerName[] = "aifx";
constexpr const char* kExtensions[] = {"model_configuration", "model_repository", "parameters",
                                       "statistics"};

std::string MethodName(absl::string_view method) {
  return absl::StrCat("GRPCInferenceService.", method);
}

}  // namespace

InferenceService::InferenceService(InferenceServiceDeps deps)
    : deps_(std::move(deps)),
      inference_(deps_.registry, deps_.runner, statistics_, deps_.guard.clock()) {}

grpc::ServerUnaryReactor* InferenceService::Answer(grpc::CallbackServerContext* context,
                                                   absl::string_view method,
                                                   const google::protobuf::Message& request,
                                                   const std::function<absl::Status()>& answer) {
  return deps_.guard.Start(context, MethodName(method), request.ByteSizeLong(),
                           [&](const CallPtr& call) { call->Finish(answer()); });
}

grpc::ServerUnaryReactor* InferenceService::ServerLive(
    grpc::CallbackServerContext* context, const ::inference::ServerLiveRequest* request,
    ::inference::ServerLiveResponse* response) {
  return Answer(context, "ServerLive", *request, [&] {
    response->set_live(true);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* InferenceService::ServerReady(
    grpc::CallbackServerContext* context, const ::inference::ServerReadyRequest* request,
    ::inference::ServerReadyResponse* response) {
  return Answer(context, "ServerReady", *request, [&] {
    response->set_ready(!leaving_.load() && deps_.registry.HasReadyModel());
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* InferenceService::ModelReady(
    grpc::CallbackServerContext* context, const ::inference::ModelReadyRequest* request,
    ::inference::ModelReadyResponse* response) {
  return Answer(context, "ModelReady", *request, [&] {
    const auto model = FindModel(deps_.registry, request->name(), request->version());
    response->set_ready(model.ok());
    // There, but not loaded, is an answer and no error.
    if (StoreHas(deps_.registry, request->name(), request->version())) return absl::OkStatus();
    return model.status();
  });
}

grpc::ServerUnaryReactor* InferenceService::ServerMetadata(
    grpc::CallbackServerContext* context, const ::inference::ServerMetadataRequest* request,
    ::inference::ServerMetadataResponse* response) {
  return Answer(context, "ServerMetadata", *request, [&] {
    response->set_name(kServerName);
    response->set_version(base::ProjectVersion());
    for (const char* extension : kExtensions) response->add_extensions(extension);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* InferenceService::ModelMetadata(
    grpc::CallbackServerContext* context, const ::inference::ModelMetadataRequest* request,
    ::inference::ModelMetadataResponse* response) {
  return Answer(context, "ModelMetadata", *request, [&]() -> absl::Status {
    AIFX_ASSIGN_OR_RETURN(const auto model,
                          FindModel(deps_.registry, request->name(), request->version()));
    ToProto(model->manifest(), *response);
    for (const serving::VersionView& view : deps_.registry.List()) {
      if (view.name != request->name() || view.state != serving::VersionState::kReady) continue;
      response->add_versions(absl::StrCat(view.version));
    }
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* InferenceService::ModelConfig(
    grpc::CallbackServerContext* context, const ::inference::ModelConfigRequest* request,
    ::inference::ModelConfigResponse* response) {
  return Answer(context, "ModelConfig", *request, [&]() -> absl::Status {
    AIFX_ASSIGN_OR_RETURN(const auto model,
                          FindModel(deps_.registry, request->name(), request->version()));
    ToProto(model->manifest(), *response->mutable_config());
    return absl::OkStatus();
  });
}

absl::Status InferenceService::Statistics(const ::inference::ModelStatisticsRequest& request,
                                          ::inference::ModelStatisticsResponse& response) const {
  AIFX_ASSIGN_OR_RETURN(const int64_t version, VersionFromText(request.name(), request.version()));
  const auto wanted = [&](const std::string& name, int64_t number) {
    return (request.name().empty() || name == request.name()) &&
           (version == 0 || number == version);
  };
  std::map<std::pair<std::string, int64_t>, VersionInferenceStats> all;
  // Versions that were never asked have an answer too: zeros.
  for (const serving::VersionView& view : deps_.registry.List()) {
    if (view.state != serving::VersionState::kReady || !wanted(view.name, view.version)) continue;
    all[{view.name, view.version}] = {.name = view.name, .version = view.version};
  }
  for (VersionInferenceStats& stats : statistics_.Stats()) {
    const auto key = std::make_pair(stats.name, stats.version);
    if (wanted(stats.name, stats.version)) all[key] = std::move(stats);
  }
  if (all.empty() && !request.name().empty()) {
    return FindModel(deps_.registry, request.name(), request.version()).status();
  }
  for (const auto& [key, stats] : all) ToProto(stats, *response.add_model_stats());
  return absl::OkStatus();
}

grpc::ServerUnaryReactor* InferenceService::ModelStatistics(
    grpc::CallbackServerContext* context, const ::inference::ModelStatisticsRequest* request,
    ::inference::ModelStatisticsResponse* response) {
  return Answer(context, "ModelStatistics", *request,
                [&] { return Statistics(*request, *response); });
}

grpc::ServerUnaryReactor* InferenceService::ModelInfer(
    grpc::CallbackServerContext* context, const ::inference::ModelInferRequest* request,
    ::inference::ModelInferResponse* response) {
  return deps_.guard.Start(
      context, MethodName("ModelInfer"), request->ByteSizeLong(),
      [&](const CallPtr& call) {
        inference_.Infer(
            *request, call->context(), *response,
            [call](const absl::Status& status) { call->Finish(status); },
            serving::Computes::kMaybe);
      },
      deps_.receive_bytes);
}

grpc::ServerBidiReactor<::inference::ModelInferRequest, ::inference::ModelStreamInferResponse>*
InferenceService::ModelStreamInfer(grpc::CallbackServerContext* context) {
  auto call = deps_.guard.AdmitStream(context, MethodName("ModelStreamInfer"));
  if (call.ok()) {
    return InferStream::Start(*std::move(call), inference_, streams_, deps_.receive_bytes);
  }
  return new UnimplementedBidiStream<::inference::ModelInferRequest,
                                     ::inference::ModelStreamInferResponse>(
      ToGrpcStatus(call.status(), ""));
}

}  // namespace aifx::rpc
