// What administrators do with experiments.
#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/base/violation.h"
#include "core/serving/experiments.h"

namespace aifx::serving {
namespace {

constexpr size_t kMaxEnded = 1000;  // kept; the oldest go first
constexpr char kPromoted[] = "the candidate was promoted";
constexpr char kByCommand[] = "ended by command";

absl::Status Refused(absl::string_view what, const std::string& reason) {
  return base::WithReason(absl::FailedPreconditionError(what), reason);
}

absl::Status NotWritten(absl::string_view what, const absl::Status& why) {
  return base::WithReason(absl::InternalError(absl::StrCat(what, ": ", why.message())),
                          "EXPERIMENT_NOT_WRITTEN");
}

}  // namespace

absl::Status Experiments::CheckFree(const Experiment& asked) const {
  for (const ExperimentView& view : List()) {
    const Experiment& other = view.experiment;
    if (other.name == asked.name) {
      return base::WithReason(
          absl::AlreadyExistsError(absl::StrCat("experiment.name \"", asked.name,
                                                "\" was used already: choose another name")),
          "EXPERIMENT_EXISTS");
    }
    if (other.model == asked.model && !other.ended_at.has_value()) {
      return Refused(absl::StrCat("experiment \"", other.name, "\" runs on model \"", asked.model,
                                  "\": end it first"),
                     "EXPERIMENT_RUNS");
    }
  }
  return absl::OkStatus();
}

absl::Status Experiments::CheckAlike(const Experiment& experiment) const {
  const auto of_champion = deps_.store.ReadManifest(experiment.model, experiment.champion);
  const auto of_candidate = deps_.store.ReadManifest(experiment.model, experiment.candidate);
  if (!of_champion.ok() || !of_candidate.ok()) return absl::OkStatus();  // loading it says why
  const model::Manifest &champion = *of_champion, &candidate = *of_candidate;
  const auto differs = [&](const char* what) {
    return Refused(absl::StrCat("version ", experiment.candidate, " has another ", what,
                                " than version ", experiment.champion,
                                ": an experiment needs versions that read and answer alike"),
                   "EXPERIMENT_INCOMPATIBLE");
  };
  if (candidate.pair != champion.pair || candidate.timeframe != champion.timeframe) {
    return differs("series");
  }
  if (candidate.feature_set != champion.feature_set) return differs("feature set");
  if (candidate.sequence != champion.sequence) return differs("sequence");
  if (candidate.classes != champion.classes) return differs("list of classes");
  return absl::OkStatus();
}

bool Experiments::IsReady(const std::string& model, int64_t version) const {
  const std::vector<VersionView> views = deps_.registry.List();
  return std::any_of(views.begin(), views.end(), [&](const VersionView& view) {
    return view.name == model && view.version == version && view.state == VersionState::kReady;
  });
}

absl::StatusOr<ExperimentView> Experiments::Create(Experiment asked,
                                                   const base::CallContext& context) {
  if (const auto violations = CheckNewExperiment(asked); !violations.empty()) {
    return base::InvalidArgument(violations);
  }
  base::MutexLock command(command_mutex_);
  AIFX_RETURN_IF_ERROR(CheckFree(asked));
  const auto active = deps_.store.Active(asked.model);
  if (!active.ok()) {
    return Refused(absl::StrCat("model \"", asked.model,
                                "\" has no active version to compare with: activate one"),
                   "NO_ACTIVE_VERSION");
  }
  asked.champion = active->version;
  if (asked.candidate == asked.champion) {
    return base::InvalidArgument(
        {{"experiment.candidate_version",
          absl::StrCat("experiment.candidate_version ", asked.candidate, " is the active one")}});
  }
  AIFX_RETURN_IF_ERROR(CheckAlike(asked));
  asked.loaded_candidate = !IsReady(asked.model, asked.candidate);
  AIFX_RETURN_IF_ERROR(deps_.control.Load(asked.model, asked.candidate, context).status());
  asked.started_at = deps_.clock.Now();
  asked.ended_at.reset();
  asked.end_reason.clear();
  Start({asked, {}});
  if (const absl::Status written = Write(); !written.ok()) {
    TakeOut(asked.model);
    LetGoOfCandidate(asked);
    return NotWritten("the experiment does not run, because it cannot be written down", written);
  }
  deps_.logger.Info("experiment started", {{"experiment", asked.name},
                                           {"kind", std::string(ExperimentKindName(asked.kind))},
                                           {"model", asked.model},
                                           {"candidate", absl::StrCat(asked.candidate)}});
  return ViewOf(asked.name);
}

absl::StatusOr<ExperimentView> Experiments::End(const std::string& name, bool promote,
                                                const base::CallContext& context) {
  base::MutexLock command(command_mutex_);
  AIFX_ASSIGN_OR_RETURN(ExperimentView view, ViewOf(name));
  const Experiment& experiment = view.experiment;
  if (experiment.ended_at.has_value()) {
    if (!promote || experiment.end_reason == kPromoted) return view;
    return Refused(absl::StrCat("experiment \"", name, "\" has ended (", experiment.end_reason,
                                "): activate version ", experiment.candidate, " instead"),
                   "EXPERIMENT_ENDED");
  }
  const Running running = Find(experiment.model);
  if (promote) {
    AIFX_RETURN_IF_ERROR(
        deps_.control.SetActive(experiment.model, experiment.candidate, context).status());
  }
  AIFX_RETURN_IF_ERROR(Finish(*running, promote ? kPromoted : kByCommand));
  return ViewOf(name);
}

absl::Status Experiments::Finish(const RunningExperiment& running, std::string reason) {
  ExperimentView view{running.experiment(), running.Stats()};
  view.experiment.ended_at = deps_.clock.Now();
  view.experiment.end_reason = std::move(reason);
  TakeOut(view.experiment.model);
  {
    base::MutexLock lock(mutex_);
    ended_.push_back(view);
    if (ended_.size() > kMaxEnded) {
      backend_ids_.erase(ended_.front().experiment.name);
      ended_.erase(ended_.begin());
    }
  }
  deps_.logger.Info("experiment ended",
                    {{"experiment", view.experiment.name}, {"reason", view.experiment.end_reason}});
  LetGoOfCandidate(view.experiment);
  const absl::Status written = Write();
  if (written.ok()) return written;
  return NotWritten("the experiment ended, but a restart would go on with it", written);
}

void Experiments::LetGoOfCandidate(const Experiment& experiment) {
  if (!experiment.loaded_candidate) return;
  const auto freed = deps_.control.Release(experiment.model, experiment.candidate, {});
  if (freed.ok()) return;
  deps_.logger.Warning(
      "an experiment's candidate stays loaded",
      {{"experiment", experiment.name}, {"error", std::string(freed.status().message())}});
}

}  // namespace aifx::serving
