#ifndef AIFX_CORE_SERVING_EXPERIMENTS_H_
#define AIFX_CORE_SERVING_EXPERIMENTS_H_

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/base/call_context.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/base/mutex.h"
#include "core/model/model_store.h"
#include "core/serving/experiment_rules.h"
#include "core/serving/model_control.h"
#include "core/serving/registry.h"
#include "core/serving/running_experiment.h"

namespace aifx::serving {

// What experiments work with; all outlive them.
struct ExperimentsDeps {
  const model::ModelStore& store;  // its folder holds experiments.json too
  const ModelRegistry& registry;
  ModelControl& control;
  base::Clock& clock;
  base::Logger& logger;
  CanaryRules rules;
};

// The experiments over a server's models, at most one that runs a model, kept in a file that
// outlives the process. Commands and Evaluate run one after another and may wait for a model that
// loads; requests never wait for them. Thread-safe.
class Experiments {
 public:
  // Reads experiments.json. A file that cannot be understood is put aside with a warning: then no
  // experiment runs, and the champions answer.
  explicit Experiments(ExperimentsDeps deps);

  // Starts an experiment against the version that is active; loads the candidate, which takes
  // seconds. Of `asked` counts what a caller chooses. InvalidArgument with every violation;
  // AlreadyExists (EXPERIMENT_EXISTS) for a name that was used; FailedPrecondition where one runs
  // on the model (EXPERIMENT_RUNS), no version is active, or the versions do not read and answer
  // alike (EXPERIMENT_INCOMPATIBLE); ModelControl's errors; Internal where it cannot be written
  // down: then it does not run.
  absl::StatusOr<ExperimentView> Create(Experiment asked, const base::CallContext& context);

  // Ends an experiment; with `promote` the candidate becomes active first, and where that fails the
  // experiment goes on. Ending it again is harmless. NotFound (EXPERIMENT_NOT_FOUND);
  // FailedPrecondition for promoting what ended without; Internal where the end cannot be written
  // down: it holds until a restart.
  absl::StatusOr<ExperimentView> End(const std::string& name, bool promote,
                                     const base::CallContext& context);

  // Loads the candidates of the experiments that ran when the process before ended. A candidate
  // that fails is logged; its champion answers for it. To be called once, after the registry's
  // first Refresh.
  void Resume();

  // Ends canaries that break a rule and experiments whose champion is no longer active, and writes
  // the counts down once a minute. To be called every few seconds, not on a request's thread.
  void Evaluate();

  // All, newest first.
  std::vector<ExperimentView> List() const;

  // Notes under which id the backend has it.
  void SetBackendId(const std::string& name, const std::string& backend_id);

  // The one that runs on a model; null where none does. Cheap: one atomic read while none runs at
  // all.
  std::shared_ptr<RunningExperiment> Find(const std::string& model) const;

 private:
  using Running = std::shared_ptr<RunningExperiment>;

  void Start(ExperimentView view);
  absl::Status CheckFree(const Experiment& asked) const;
  absl::Status CheckAlike(const Experiment& experiment) const;
  bool IsReady(const std::string& model, int64_t version) const;
  // Takes a running one out of service, then writes.
  absl::Status Finish(const RunningExperiment& running, std::string reason)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(command_mutex_);
  void TakeOut(const std::string& model);
  void LetGoOfCandidate(const Experiment& experiment);
  absl::Status Write() ABSL_EXCLUSIVE_LOCKS_REQUIRED(command_mutex_);
  absl::StatusOr<ExperimentView> ViewOf(const std::string& name) const;
  std::vector<Running> AllRunning() const;

  const ExperimentsDeps deps_;
  base::Mutex command_mutex_;  // one command at a time; held while a model loads
  absl::Time written_ ABSL_GUARDED_BY(command_mutex_);
  mutable base::Mutex mutex_;  // never held while loading or writing
  std::map<std::string, Running> running_ ABSL_GUARDED_BY(mutex_);          // by model
  std::vector<ExperimentView> ended_ ABSL_GUARDED_BY(mutex_);               // oldest end first
  std::map<std::string, std::string> backend_ids_ ABSL_GUARDED_BY(mutex_);  // by experiment
  std::atomic<bool> any_{false};
};

}  // namespace aifx::serving

#endif  // AIFX_CORE_SERVING_EXPERIMENTS_H_
