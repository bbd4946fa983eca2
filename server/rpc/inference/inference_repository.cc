// InferenceService's methods about the model store: what is in it, and commands over it.
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/base/violation.h"
#include "server/rpc/inference/inference_service.h"
#include "server/rpc/inference/model_description.h"
#include "server/rpc/inference/model_lookup.h"
#include "server/rpc/peer.h"
#include "server/rpc/status.h"
#include "server/rpc/store_root.h"

namespace aifx::rpc {
namespace {

using ::inference::ModelRepositoryParameter;

constexpr char kVersion[] = "version";

// Which model a command means.
struct CommandTarget {
  std::string name;
  int64_t version = 0;  // 0: none was named
};

absl::Status CheckRepository(const std::string& repository) {
  if (repository.empty()) return absl::OkStatus();
  return base::InvalidArgument(
      {{"repository_name",
        absl::StrCat("repository_name \"", Shortened(repository, 100),
                     "\" came, expected none: this server has one repository, without a name")}});
}

// What would bring a model or its configuration along.
bool IsUpload(const std::string& parameter) {
  return parameter == "config" || absl::StartsWith(parameter, "file:");
}

absl::StatusOr<int64_t> VersionOf(const std::string& name,
                                  const ModelRepositoryParameter& parameter) {
  if (parameter.parameter_choice_case() == ModelRepositoryParameter::kInt64Param) {
    return VersionFromText(name, absl::StrCat(parameter.int64_param()));
  }
  return VersionFromText(name, parameter.string_param());
}

absl::Status NoCommands() {
  return base::WithReason(
      absl::UnimplementedError("this server takes no commands over its models: it serves what "
                               "active.json in the model store names"),
      "NOT_THERE_YET");
}

// Both dialects: where there is one name, it is the model's.
template <typename Request>
absl::StatusOr<CommandTarget> TargetOf(const Request& request) {
  CommandTarget target;
  target.name = request.model_name();
  if (target.name.empty()) {
    target.name = request.repository_name();
  } else {
    AIFX_RETURN_IF_ERROR(CheckRepository(request.repository_name()));
  }
  if (target.name.empty()) {
    return base::InvalidArgument({{"model_name", "the model's name is missing"}});
  }
  for (const auto& [key, value] : request.parameters()) {
    if (!IsUpload(key)) continue;
    return base::InvalidArgument(
        {{"parameters", absl::StrCat("parameter \"", Shortened(key, 100),
                                     "\" came, expected none: models come from the model store of "
                                     "this server, they are not uploaded")}});
  }
  if (const auto found = request.parameters().find(kVersion); found != request.parameters().end()) {
    AIFX_ASSIGN_OR_RETURN(target.version, VersionOf(target.name, found->second));
  }
  return target;
}

}  // namespace

grpc::ServerUnaryReactor* InferenceService::RepositoryIndex(
    grpc::CallbackServerContext* context, const ::inference::RepositoryIndexRequest* request,
    ::inference::RepositoryIndexResponse* response) {
  return Answer(context, "RepositoryIndex", *request, [&]() -> absl::Status {
    AIFX_RETURN_IF_ERROR(CheckRepository(request->repository_name()));
    for (serving::VersionView& view : deps_.registry.List()) {
      if (request->ready() && view.state != serving::VersionState::kReady) continue;
      view.reason = WithoutRoot(view.reason, deps_.store_root);
      ToProto(view, *response->add_models());
    }
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* InferenceService::RepositoryModelLoad(
    grpc::CallbackServerContext* context, const ::inference::RepositoryModelLoadRequest* request,
    ::inference::RepositoryModelLoadResponse* response) {
  const auto handler = [&](const CallPtr& call) {
    const absl::Status admin = CheckAdmin(context->peer(), deps_.remote_admin);
    if (!admin.ok()) return call->Finish(admin);
    auto target = TargetOf(*request);
    if (!target.ok()) return call->Finish(target.status());
    if (deps_.control == nullptr) return call->Finish(NoCommands());
    deps_.guard.Offload(deps_.commands, call, [this, call, response, target = *std::move(target)] {
      const auto loaded = deps_.control->Load(target.name, target.version, call->context());
      response->set_model_name(target.name);
      response->set_is_loaded(loaded.ok());
      call->Finish(WithoutRoot(loaded.status(), deps_.store_root));
    });
  };
  return deps_.guard.Start(context, "GRPCInferenceService.RepositoryModelLoad",
                           request->ByteSizeLong(), handler);
}

absl::Status InferenceService::Unload(const std::string& name, int64_t version,
                                      const base::CallContext& context) const {
  if (version != 0) return deps_.control->Unload(name, version, context).status();
  std::vector<int64_t> loaded;
  bool known = false;
  for (const serving::VersionView& view : deps_.registry.List()) {
    if (view.name != name) continue;
    known = true;
    if (view.state == serving::VersionState::kReady) loaded.push_back(view.version);
  }
  const auto serving = FindModel(deps_.registry, name, "");
  if (!known) return serving.status();
  // All of it or nothing: the control says why the version that serves stays. It need not be the
  // active one, which may have failed to load.
  if (serving.ok()) {
    return deps_.control->Unload(name, (*serving)->manifest().version, context).status();
  }
  for (const int64_t each : loaded) {
    AIFX_RETURN_IF_ERROR(deps_.control->Unload(name, each, context).status());
  }
  return absl::OkStatus();
}

grpc::ServerUnaryReactor* InferenceService::RepositoryModelUnload(
    grpc::CallbackServerContext* context, const ::inference::RepositoryModelUnloadRequest* request,
    ::inference::RepositoryModelUnloadResponse* response) {
  const auto handler = [&](const CallPtr& call) {
    const absl::Status admin = CheckAdmin(context->peer(), deps_.remote_admin);
    if (!admin.ok()) return call->Finish(admin);
    auto target = TargetOf(*request);
    if (!target.ok()) return call->Finish(target.status());
    if (deps_.control == nullptr) return call->Finish(NoCommands());
    deps_.guard.Offload(deps_.commands, call, [this, call, response, target = *std::move(target)] {
      const absl::Status status = Unload(target.name, target.version, call->context());
      response->set_model_name(target.name);
      response->set_is_unloaded(status.ok());
      call->Finish(WithoutRoot(status, deps_.store_root));
    });
  };
  return deps_.guard.Start(context, "GRPCInferenceService.RepositoryModelUnload",
                           request->ByteSizeLong(), handler);
}

}  // namespace aifx::rpc
