// ModelService's methods for administrators.
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/base/violation.h"
#include "core/model/version.h"
#include "server/rpc/fields.h"
#include "server/rpc/from_proto.h"
#include "server/rpc/model_service.h"
#include "server/rpc/peer.h"
#include "server/rpc/status.h"
#include "server/rpc/store_root.h"
#include "server/rpc/times.h"
#include "server/rpc/to_proto.h"

namespace aifx::rpc {
namespace {

constexpr size_t kMaxReasonBytes = 200;

}  // namespace

absl::StatusOr<serving::KillSwitch> KillSwitchFromProto(const ml::v1::SetKillSwitchRequest& message,
                                                        absl::Time now) {
  using Proto = ml::v1::KillSwitch;
  const Proto& given = message.kill_switch();
  serving::KillSwitch engaged{.scope = {}, .reason = given.reason(), .set_at = now};
  Violations violations;
  switch (given.scope_case()) {
    case Proto::kGlobal:
      if (!given.global()) {
        violations.push_back({"kill_switch.global", "kill_switch.global false names no scope"});
      }
      break;
    case Proto::kPair:
      engaged.scope.pair = PairFromProto(given.pair(), "kill_switch.pair", true, violations);
      break;
    case Proto::kModelName:
      engaged.scope.model = given.model_name();
      if (!model::IsModelName(given.model_name())) {
        violations.push_back(
            {"kill_switch.model_name",
             absl::StrCat("kill_switch.model_name \"", Shortened(given.model_name(), 100),
                          "\" is not [a-z0-9][a-z0-9._-]{0,63}")});
      }
      break;
    case Proto::SCOPE_NOT_SET:
      violations.push_back(
          {"kill_switch", "kill_switch names no scope: set global, pair or model_name"});
      break;
  }
  if (given.reason().size() > kMaxReasonBytes) {
    violations.push_back(
        {"kill_switch.reason", absl::StrCat("kill_switch.reason has ", given.reason().size(),
                                            " bytes, at most ", kMaxReasonBytes, " are taken")});
  }
  if (!violations.empty()) return base::InvalidArgument(violations);
  if (engaged.reason.empty()) engaged.reason = "no reason given";
  return engaged;
}

void ToProto(const serving::KillSwitch& engaged, ml::v1::KillSwitch& message) {
  if (engaged.scope.pair.has_value()) {
    message.set_pair(engaged.scope.pair->ToString());
  } else if (!engaged.scope.model.empty()) {
    message.set_model_name(engaged.scope.model);
  } else {
    message.set_global(true);
  }
  message.set_reason(engaged.reason);
  *message.mutable_set_at() = TimeToProto(engaged.set_at);
}

grpc::ServerUnaryReactor* ModelService::StartCommand(
    grpc::CallbackServerContext* context, absl::string_view method, size_t request_bytes,
    serving::Executor& executor, std::function<absl::Status(const Call&)> work) {
  return deps_.guard.Start(context, method, request_bytes, [&](const CallPtr& call) {
    const absl::Status admin = CheckAdmin(context->peer(), deps_.remote_admin);
    if (!admin.ok()) return call->Finish(admin);
    deps_.guard.Offload(executor, call, [this, call, work = std::move(work)] {
      call->Finish(WithoutRoot(work(*call), deps_.store.root()));
    });
  });
}

grpc::ServerUnaryReactor* ModelService::LoadModel(grpc::CallbackServerContext* context,
                                                  const ml::v1::LoadModelRequest* request,
                                                  ml::v1::Model* response) {
  return StartCommand(
      context, "ModelService.LoadModel", request->ByteSizeLong(), deps_.commands,
      [this, request, response](const Call& call) -> absl::Status {
        AIFX_ASSIGN_OR_RETURN(
            const serving::VersionView view,
            deps_.control.Load(request->name(), request->version(), call.context()));
        DescribeVersion(view, call.context().request_id, *response);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* ModelService::UnloadModel(grpc::CallbackServerContext* context,
                                                    const ml::v1::UnloadModelRequest* request,
                                                    ml::v1::Model* response) {
  return StartCommand(
      context, "ModelService.UnloadModel", request->ByteSizeLong(), deps_.commands,
      [this, request, response](const Call& call) -> absl::Status {
        AIFX_ASSIGN_OR_RETURN(
            const serving::VersionView view,
            deps_.control.Unload(request->name(), request->version(), call.context()));
        DescribeVersion(view, call.context().request_id, *response);
        return absl::OkStatus();
      });
}

absl::Status ModelService::SetActive(const ml::v1::SetActiveVersionRequest& request,
                                     const Call& call,
                                     ml::v1::SetActiveVersionResponse& response) const {
  if (request.rollback() && request.version() != 0) {
    return base::InvalidArgument({{"version", absl::StrCat("version ", request.version(),
                                                           " and rollback exclude each other")}});
  }
  AIFX_ASSIGN_OR_RETURN(
      const serving::Activation activation,
      request.rollback()
          ? deps_.control.Rollback(request.name(), call.context())
          : deps_.control.SetActive(request.name(), request.version(), call.context()));
  DescribeVersion(activation.view, call.context().request_id, *response.mutable_model());
  if (activation.previous.has_value()) response.set_previous_version(*activation.previous);
  if (deps_.activated) deps_.activated(request.name());
  return absl::OkStatus();
}

grpc::ServerUnaryReactor* ModelService::SetActiveVersion(
    grpc::CallbackServerContext* context, const ml::v1::SetActiveVersionRequest* request,
    ml::v1::SetActiveVersionResponse* response) {
  return StartCommand(
      context, "ModelService.SetActiveVersion", request->ByteSizeLong(), deps_.commands,
      [this, request, response](const Call& call) { return SetActive(*request, call, *response); });
}

// Neither among the commands nor the reads: it must not wait for a model that loads or a list.
grpc::ServerUnaryReactor* ModelService::SetKillSwitch(grpc::CallbackServerContext* context,
                                                      const ml::v1::SetKillSwitchRequest* request,
                                                      ml::v1::SetKillSwitchResponse* response) {
  return StartCommand(
      context, "ModelService.SetKillSwitch", request->ByteSizeLong(), deps_.switching,
      [this, request, response](const Call&) -> absl::Status {
        AIFX_ASSIGN_OR_RETURN(serving::KillSwitch named,
                              KillSwitchFromProto(*request, deps_.guard.clock().Now()));
        AIFX_RETURN_IF_ERROR(request->engaged() ? deps_.kill_switches.Engage(std::move(named))
                                                : deps_.kill_switches.Release(named.scope));
        for (const serving::KillSwitch& engaged : deps_.kill_switches.Engaged()) {
          ToProto(engaged, *response->add_engaged());
        }
        return absl::OkStatus();
      });
}

}  // namespace aifx::rpc
