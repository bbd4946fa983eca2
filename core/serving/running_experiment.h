#ifndef AIFX_CORE_SERVING_RUNNING_EXPERIMENT_H_
#define AIFX_CORE_SERVING_RUNNING_EXPERIMENT_H_

#include <cstddef>
#include <unordered_set>

#include "core/base/mutex.h"
#include "core/serving/experiment_stats.h"

namespace aifx::serving {

// What one answer says, as far as experiments count it.
struct ArmAnswer {
  bool decided = false;  // by the model
  bool hold = false;
  double confidence = 0;    // 0..1
  absl::Duration run_time;  // zero: not computed for this request
};

// An experiment that requests take part in, with its counters. Thread-safe; its lock is held for
// additions only.
class RunningExperiment {
 public:
  RunningExperiment(Experiment experiment, const ExperimentStats& stats)
      : experiment_(std::move(experiment)), stats_(stats) {}

  // Its backend_id may be newer in Experiments::List.
  const Experiment& experiment() const { return experiment_; }

  Arm ArmOf(double point) const {
    const bool candidate =
        experiment_.kind != ExperimentKind::kShadow && point < experiment_.candidate_percent;
    return candidate ? Arm::kCandidate : Arm::kChampion;
  }

  // Counts an answer for the unit at `point`; true where it is that unit's first.
  bool CountAnswer(Arm arm, double point, const ArmAnswer& answer);
  void CountError(Arm arm);  // that a model made
  void CountFallback();

  // Of a shadow: the largest difference of a probability, whether both models decided and their
  // signals differ.
  void CountComparison(double difference, bool decided, bool different_signals);
  void CountDropped();
  void CountShadowFailure();

  ExperimentStats Stats() const;

 private:
  ArmStats& Of(Arm arm) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return arm == Arm::kCandidate ? stats_.candidate : stats_.champion;
  }

  const Experiment experiment_;
  mutable base::Mutex mutex_;
  ExperimentStats stats_ ABSL_GUARDED_BY(mutex_);
  std::unordered_set<double> seen_ ABSL_GUARDED_BY(mutex_);  // points of units, 2^52 different ones
};

}  // namespace aifx::serving

#endif  // AIFX_CORE_SERVING_RUNNING_EXPERIMENT_H_
