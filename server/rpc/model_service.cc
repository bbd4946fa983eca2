#include "server/rpc/model_service.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/base/violation.h"
#include "core/features/feature_set.h"
#include "server/rpc/fields.h"
#include "server/rpc/page_token.h"
#include "server/rpc/status.h"
#include "server/rpc/store_root.h"
#include "server/rpc/to_proto.h"

namespace aifx::rpc {
namespace {

constexpr int64_t kDefaultPage = 100;
constexpr int64_t kMaxPage = 1000;

// By name, newest version first.
std::vector<serving::VersionView> Sorted(std::vector<serving::VersionView> views) {
  std::stable_sort(views.begin(), views.end(), [](const auto& a, const auto& b) {
    return a.name != b.name ? a.name < b.name : a.version > b.version;
  });
  return views;
}

int64_t CandlesNeeded(const model::Manifest& manifest) {
  const auto set = features::FindFeatureSet(manifest.feature_set);
  if (!set.ok()) return 0;
  return static_cast<int64_t>((*set)->CandlesNeeded(static_cast<size_t>(manifest.sequence)));
}

absl::Status NotFound(const std::string& what) {
  return base::WithReason(absl::NotFoundError(what), "MODEL_NOT_FOUND");
}

}  // namespace

void ModelService::DescribeVersion(const serving::VersionView& view, const std::string& request_id,
                                   ml::v1::Model& message) const {
  const auto manifest = deps_.store.ReadManifest(view.name, view.version);
  const auto backend_id = deps_.store.BackendId(view.name, view.version);
  ToProto(view, manifest.ok() ? &*manifest : nullptr, backend_id.ok() ? *backend_id : "", message);
  if (view.state != serving::VersionState::kFailed) return;
  *message.mutable_error() = ToRpcStatus(
      base::WithReason(absl::FailedPreconditionError(WithoutRoot(view.reason, deps_.store.root())),
                       "MODEL_FAILED"),
      request_id);
}

absl::Status ModelService::List(const ml::v1::ListModelsRequest& request,
                                const std::string& request_id,
                                ml::v1::ListModelsResponse& response) const {
  Violations violations;
  const int64_t limit = PageSize(request.page_size(), kDefaultPage, kMaxPage, violations);
  if (!violations.empty()) return base::InvalidArgument(violations);
  AIFX_ASSIGN_OR_RETURN(const int64_t offset,
                        OffsetOfPageToken(request.page_token(), request.name()));
  int64_t position = 0;
  for (const serving::VersionView& view : Sorted(deps_.registry.List())) {
    if (!request.name().empty() && view.name != request.name()) continue;
    if (position++ < offset) continue;
    if (position > offset + limit) {
      response.set_next_page_token(MakePageToken(offset + limit, request.name()));
      break;
    }
    DescribeVersion(view, request_id, *response.add_models());
  }
  return absl::OkStatus();
}

absl::Status ModelService::Get(const ml::v1::GetModelRequest& request,
                               const std::string& request_id,
                               ml::v1::GetModelResponse& response) const {
  if (request.name().empty()) return base::InvalidArgument({{"name", "name is missing"}});
  for (const serving::VersionView& view : deps_.registry.List()) {
    const bool wanted = request.has_version() ? view.version == request.version() : view.active;
    if (view.name != request.name() || !wanted) continue;
    DescribeVersion(view, request_id, *response.mutable_model());
    const auto read = deps_.store.ReadManifest(view.name, view.version);
    if (!read.ok()) {
      // The request was right: what is wrong with the version is in the answer, where that is
      // known.
      if (view.state == serving::VersionState::kFailed) return absl::OkStatus();
      return base::WithReason(
          absl::FailedPreconditionError(WithoutRoot(read.status().message(), deps_.store.root())),
          "MODEL_FAILED");
    }
    const model::Manifest& manifest = *read;
    ToProto(manifest, CandlesNeeded(manifest), *response.mutable_manifest());
    ToProto(manifest.metrics, *response.mutable_metrics());
    ToProto(manifest.hyperparameters, *response.mutable_hyperparameters());
    auto* golden = response.mutable_golden_check();
    golden->set_tolerance(manifest.tolerance);
    // A version serves only after its golden window was computed and agreed.
    if (view.state == serving::VersionState::kReady) golden->set_passed(true);
    return absl::OkStatus();
  }
  return NotFound(request.has_version() ? absl::StrCat("model \"", Shortened(request.name(), 100),
                                                       "\" has no version ", request.version())
                                        : absl::StrCat("model \"", Shortened(request.name(), 100),
                                                       "\" is not there or has no active version"));
}

grpc::ServerUnaryReactor* ModelService::ListModels(grpc::CallbackServerContext* context,
                                                   const ml::v1::ListModelsRequest* request,
                                                   ml::v1::ListModelsResponse* response) {
  return deps_.guard.Start(
      context, "ModelService.ListModels", request->ByteSizeLong(), [&](const CallPtr& call) {
        deps_.guard.Offload(deps_.blocking, call, [this, call, request, response] {
          call->Finish(List(*request, call->context().request_id, *response));
        });
      });
}

grpc::ServerUnaryReactor* ModelService::GetModel(grpc::CallbackServerContext* context,
                                                 const ml::v1::GetModelRequest* request,
                                                 ml::v1::GetModelResponse* response) {
  return deps_.guard.Start(
      context, "ModelService.GetModel", request->ByteSizeLong(), [&](const CallPtr& call) {
        deps_.guard.Offload(deps_.blocking, call, [this, call, request, response] {
          call->Finish(Get(*request, call->context().request_id, *response));
        });
      });
}

}  // namespace aifx::rpc
