#include "server/app/backend_mirror.h"

#include "absl/strings/str_cat.h"
#include "client/backend/ab_tests.h"
#include "core/base/clock.h"

namespace aifx::app {
namespace {

constexpr absl::Duration kTimeout = absl::Seconds(20);

base::CallContext Context() {
  base::CallContext context;
  context.deadline = base::SystemClock().Now() + kTimeout;
  return context;
}

}  // namespace

BackendMirror::BackendMirror(const model::ModelStore& store, backend::BackendClient& backend,
                             serving::Experiments& experiments, base::Logger& logger)
    : store_(store),
      backend_(backend),
      experiments_(experiments),
      logger_(logger),
      executor_({.name = "activations", .threads = 1, .queue_limit = 64}) {}

void BackendMirror::TellActive(const std::string& model) {
  const absl::Status queued = executor_.Submit([this, model] { SendActive(model); });
  if (queued.ok()) return;
  logger_.Warning("the backend is not told of an activation",
                  {{"model", model}, {"error", std::string(queued.message())}});
}

void BackendMirror::TellExperiment(const serving::Experiment& experiment) {
  const absl::Status queued = executor_.Submit([this, experiment] { SendExperiment(experiment); });
  if (queued.ok()) return;
  logger_.Warning("the backend is not told of an experiment",
                  {{"experiment", experiment.name}, {"error", std::string(queued.message())}});
}

void BackendMirror::SendActive(const std::string& model) {
  const auto active = store_.Active(model);
  if (!active.ok()) return;
  const auto backend_id = store_.BackendId(model, active->version);
  // While its registration is pending the backend does not know it; registering sets its status.
  if (!backend_id.ok() || backend_id->empty()) return;
  const absl::Status told = backend_.SetStatus(*backend_id, "deployed", true, Context());
  if (told.ok()) return;
  logger_.Warning("the backend does not know which version is active",
                  {{"model", model},
                   {"version", absl::StrCat(active->version)},
                   {"error", std::string(told.message())}});
}

void BackendMirror::SendExperiment(const serving::Experiment& experiment) {
  if (experiment.kind == serving::ExperimentKind::kShadow) return;  // the backend knows A/B tests
  const auto champion = store_.BackendId(experiment.model, experiment.champion);
  const auto candidate = store_.BackendId(experiment.model, experiment.candidate);
  if (!champion.ok() || champion->empty() || !candidate.ok() || candidate->empty()) {
    logger_.Warning("the backend does not know both versions of an experiment",
                    {{"experiment", experiment.name}});
    return;
  }
  const backend::AbTestClient tests(backend_.channel());
  const auto created = tests.Create(
      {.name = experiment.name,
       .model_a_id = *champion,
       .model_b_id = *candidate,
       .traffic_split = 100 - experiment.candidate_percent,
       .description = absl::StrCat("aifx ", serving::ExperimentKindName(experiment.kind))},
      Context());
  if (created.ok()) return experiments_.SetBackendId(experiment.name, created->id);
  logger_.Warning(
      "the backend does not know of an experiment",
      {{"experiment", experiment.name}, {"error", std::string(created.status().message())}});
}

}  // namespace aifx::app
