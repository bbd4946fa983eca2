// ModelService's methods over experiments.
#include <utility>

#include "core/base/status_macros.h"
#include "core/base/violation.h"
#include "core/serving/experiment_rules.h"
#include "server/rpc/fields.h"
#include "server/rpc/model_service.h"
#include "server/rpc/page_token.h"
#include "server/rpc/status.h"
#include "server/rpc/times.h"
#include "server/rpc/to_proto.h"

namespace aifx::rpc {

template <>
struct ProtoEnumOf<serving::ExperimentKind> : std::type_identity<ml::v1::ExperimentKind> {};

namespace {

constexpr int64_t kDefaultPage = 100;
constexpr int64_t kMaxPage = 1000;

double Mean(double sum, int64_t count) { return count == 0 ? 0 : sum / static_cast<double>(count); }

void ToProto(const serving::ShadowStats& stats, ml::v1::ShadowComparison& message) {
  message.set_compared(stats.compared);
  message.set_mean_difference(Mean(stats.difference_sum, stats.compared));
  message.set_max_difference(stats.difference_max);
  message.set_decided(stats.decided);
  message.set_different_signals(stats.different_signals);
  message.set_dropped(stats.dropped);
  message.set_failed(stats.failed);
}

void ToProto(const serving::ExperimentView& view, ml::v1::Experiment& message) {
  const serving::Experiment& experiment = view.experiment;
  message.set_name(experiment.name);
  message.set_kind(EnumToProto(experiment.kind));
  message.set_model_name(experiment.model);
  message.set_champion_version(experiment.champion);
  message.set_candidate_version(experiment.candidate);
  message.set_candidate_percent(experiment.candidate_percent);
  *message.mutable_started_at() = TimeToProto(experiment.started_at);
  if (experiment.ended_at.has_value()) {
    *message.mutable_ended_at() = TimeToProto(*experiment.ended_at);
  }
  message.set_champion_requests(view.stats.champion.requests);
  message.set_candidate_requests(view.stats.candidate.requests);
  message.set_backend_id(experiment.backend_id);
  message.set_warning(serving::SampleRatioWarning(experiment, view.stats));
  message.set_end_reason(experiment.end_reason);
  if (experiment.kind == serving::ExperimentKind::kShadow) {
    ToProto(view.stats.shadow, *message.mutable_shadow());
  }
}

// What a caller chooses; the rest is checked by Experiments::Create.
absl::StatusOr<serving::Experiment> ExperimentFromProto(const ml::v1::Experiment& message) {
  Violations violations;
  const auto kind =
      EnumFromProto<serving::ExperimentKind>(message.kind(), "experiment.kind", true, violations);
  serving::Experiment experiment{.name = message.name(),
                                 .kind = kind.value_or(serving::ExperimentKind::kAb),
                                 .model = message.model_name(),
                                 .candidate = message.candidate_version(),
                                 .candidate_percent = message.candidate_percent()};
  for (base::FieldViolation& violation : serving::CheckNewExperiment(experiment)) {
    violations.push_back(std::move(violation));
  }
  if (!violations.empty()) return base::InvalidArgument(violations);
  return experiment;
}

absl::Status ListPage(const serving::Experiments& experiments,
                      const ml::v1::ListExperimentsRequest& request,
                      ml::v1::ListExperimentsResponse& response) {
  Violations violations;
  const int64_t limit = PageSize(request.page_size(), kDefaultPage, kMaxPage, violations);
  if (!violations.empty()) return base::InvalidArgument(violations);
  const std::string filter = request.include_ended() ? "all" : "running";
  AIFX_ASSIGN_OR_RETURN(const int64_t offset, OffsetOfPageToken(request.page_token(), filter));
  int64_t position = 0;
  for (const serving::ExperimentView& view : experiments.List()) {
    if (view.experiment.ended_at.has_value() && !request.include_ended()) continue;
    if (position++ < offset) continue;
    if (position > offset + limit) {
      response.set_next_page_token(MakePageToken(offset + limit, filter));
      break;
    }
    ToProto(view, *response.add_experiments());
  }
  return absl::OkStatus();
}

}  // namespace

grpc::ServerUnaryReactor* ModelService::ListExperiments(
    grpc::CallbackServerContext* context, const ml::v1::ListExperimentsRequest* request,
    ml::v1::ListExperimentsResponse* response) {
  constexpr char kMethod[] = "ModelService.ListExperiments";
  if (deps_.experiments == nullptr) return deps_.guard.NotThereYet(context, kMethod);
  return deps_.guard.Start(context, kMethod, request->ByteSizeLong(), [&](const CallPtr& call) {
    call->Finish(ListPage(*deps_.experiments, *request, *response));
  });
}

grpc::ServerUnaryReactor* ModelService::CreateExperiment(
    grpc::CallbackServerContext* context, const ml::v1::CreateExperimentRequest* request,
    ml::v1::Experiment* response) {
  constexpr char kMethod[] = "ModelService.CreateExperiment";
  if (deps_.experiments == nullptr) return deps_.guard.NotThereYet(context, kMethod);
  return StartCommand(context, kMethod, request->ByteSizeLong(), deps_.commands,
                      [this, request, response](const Call& call) -> absl::Status {
                        AIFX_ASSIGN_OR_RETURN(serving::Experiment asked,
                                              ExperimentFromProto(request->experiment()));
                        AIFX_ASSIGN_OR_RETURN(
                            const serving::ExperimentView created,
                            deps_.experiments->Create(std::move(asked), call.context()));
                        if (deps_.experiment_started) deps_.experiment_started(created.experiment);
                        ToProto(created, *response);
                        return absl::OkStatus();
                      });
}

grpc::ServerUnaryReactor* ModelService::EndExperiment(grpc::CallbackServerContext* context,
                                                      const ml::v1::EndExperimentRequest* request,
                                                      ml::v1::Experiment* response) {
  constexpr char kMethod[] = "ModelService.EndExperiment";
  if (deps_.experiments == nullptr) return deps_.guard.NotThereYet(context, kMethod);
  return StartCommand(
      context, kMethod, request->ByteSizeLong(), deps_.commands,
      [this, request, response](const Call& call) -> absl::Status {
        if (request->name().empty()) {
          return base::InvalidArgument({{"name", "name is missing"}});
        }
        AIFX_ASSIGN_OR_RETURN(
            const serving::ExperimentView ended,
            deps_.experiments->End(request->name(), request->promote_candidate(), call.context()));
        if (request->promote_candidate() && deps_.activated) {
          deps_.activated(ended.experiment.model);
        }
        ToProto(ended, *response);
        return absl::OkStatus();
      });
}

}  // namespace aifx::rpc
