#include "core/serving/experiments.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/violation.h"
#include "core/serving/experiments_file.h"

namespace aifx::serving {
namespace {

constexpr absl::Duration kWriteCountsEvery = absl::Minutes(1);

}  // namespace

Experiments::Experiments(ExperimentsDeps deps) : deps_(deps) {
  absl::StatusOr<std::vector<ExperimentView>> read = ReadExperiments(deps_.store.root());
  if (!read.ok()) {
    const absl::Status aside = PutExperimentsAside(deps_.store.root());
    deps_.logger.Warning(
        "cannot read the experiments: none runs",
        {{"error", std::string(read.status().message())},
         {"put_aside", aside.ok() ? "experiments.json.damaged" : std::string(aside.message())}});
    return;
  }
  for (ExperimentView& view : *read) Start(std::move(view));
}

void Experiments::Start(ExperimentView view) {
  base::MutexLock lock(mutex_);
  const Experiment& experiment = view.experiment;
  if (!experiment.backend_id.empty()) backend_ids_[experiment.name] = experiment.backend_id;
  if (experiment.ended_at.has_value()) {
    ended_.push_back(std::move(view));
    return;
  }
  running_[experiment.model] = std::make_shared<RunningExperiment>(experiment, view.stats);
  any_.store(true, std::memory_order_release);
}

void Experiments::TakeOut(const std::string& model) {
  base::MutexLock lock(mutex_);
  running_.erase(model);
  any_.store(!running_.empty(), std::memory_order_release);
}

void Experiments::Resume() {
  base::MutexLock command(command_mutex_);
  for (const Running& running : AllRunning()) {
    const Experiment& experiment = running->experiment();
    const auto loaded = deps_.control.Load(experiment.model, experiment.candidate, {});
    if (loaded.ok()) continue;
    deps_.logger.Error(
        "an experiment's candidate cannot be loaded: the champion answers for it",
        {{"experiment", experiment.name}, {"error", std::string(loaded.status().message())}});
  }
}

void Experiments::Evaluate() {
  if (!any_.load(std::memory_order_acquire)) return;
  base::MutexLock command(command_mutex_);
  for (const Running& running : AllRunning()) {
    const Experiment& experiment = running->experiment();
    std::optional<std::string> reason;
    if (experiment.kind == ExperimentKind::kCanary) {
      reason = RollbackReason(running->Stats(), deps_.rules);
      if (reason.has_value()) reason = "rolled back: " + *reason;
    }
    const auto active = deps_.store.Active(experiment.model);
    if (!reason.has_value() && active.ok() && active->version != experiment.champion) {
      reason = absl::StrCat("version ", active->version, " became active");
    }
    if (!reason.has_value()) continue;
    const absl::Status ended = Finish(*running, *std::move(reason));
    if (!ended.ok()) deps_.logger.Error(ended.message());
  }
  if (deps_.clock.Now() - written_ < kWriteCountsEvery) return;
  const absl::Status written = Write();
  if (!written.ok()) {
    deps_.logger.Warning("cannot write the experiments' counts",
                         {{"error", std::string(written.message())}});
  }
}

absl::Status Experiments::Write() {
  written_ = deps_.clock.Now();
  std::vector<ExperimentView> all = List();
  std::reverse(all.begin(), all.end());
  return WriteExperiments(deps_.store.root(), all);
}

absl::StatusOr<ExperimentView> Experiments::ViewOf(const std::string& name) const {
  for (ExperimentView& view : List()) {
    if (view.experiment.name == name) return std::move(view);
  }
  return base::WithReason(
      absl::NotFoundError(absl::StrCat("experiment \"", name.substr(0, 100), "\" is not there")),
      "EXPERIMENT_NOT_FOUND");
}

std::vector<Experiments::Running> Experiments::AllRunning() const {
  base::MutexLock lock(mutex_);
  std::vector<Running> all;
  for (const auto& [model, running] : running_) all.push_back(running);
  return all;
}

std::vector<ExperimentView> Experiments::List() const {
  std::vector<ExperimentView> all;
  {
    base::MutexLock lock(mutex_);
    all = ended_;
    for (const auto& [model, running] : running_) {
      all.push_back({running->experiment(), running->Stats()});
    }
    for (ExperimentView& view : all) {
      const auto known = backend_ids_.find(view.experiment.name);
      if (known != backend_ids_.end()) view.experiment.backend_id = known->second;
    }
  }
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return a.experiment.started_at > b.experiment.started_at;
  });
  return all;
}

void Experiments::SetBackendId(const std::string& name, const std::string& backend_id) {
  base::MutexLock command(command_mutex_);
  {
    base::MutexLock lock(mutex_);
    backend_ids_[name] = backend_id;
  }
  if (const absl::Status written = Write(); !written.ok()) {
    deps_.logger.Warning("cannot write an experiment's id in the backend",
                         {{"experiment", name}, {"error", std::string(written.message())}});
  }
}

std::shared_ptr<RunningExperiment> Experiments::Find(const std::string& model) const {
  if (!any_.load(std::memory_order_acquire)) return nullptr;
  base::MutexLock lock(mutex_);
  const auto found = running_.find(model);
  return found == running_.end() ? nullptr : found->second;
}

}  // namespace aifx::serving
