#include "core/serving/running_experiment.h"

#include <algorithm>

namespace aifx::serving {
namespace {

// Units that are told apart, 2 MB; later ones no longer enter shares and means. At 28 hourly series
// that is three months.
constexpr size_t kMaxUnits = 65536;

}  // namespace

bool RunningExperiment::CountAnswer(Arm arm, double point, const ArmAnswer& answer) {
  base::MutexLock lock(mutex_);
  ArmStats& stats = Of(arm);
  ++stats.requests;
  if (answer.run_time > absl::ZeroDuration()) {
    ++stats.runs;
    stats.run_time += answer.run_time;
  }
  if (seen_.size() >= kMaxUnits || !seen_.insert(point).second) return false;
  ++stats.units;
  if (answer.decided) {
    ++stats.decided;
    stats.holds += answer.hold ? 1 : 0;
    stats.confidence_sum += answer.confidence;
  }
  return true;
}

void RunningExperiment::CountError(Arm arm) {
  base::MutexLock lock(mutex_);
  ++Of(arm).requests;
  ++Of(arm).errors;
}

void RunningExperiment::CountFallback() {
  base::MutexLock lock(mutex_);
  ++stats_.fallbacks;
}

void RunningExperiment::CountComparison(double difference, bool decided, bool different_signals) {
  base::MutexLock lock(mutex_);
  ShadowStats& shadow = stats_.shadow;
  ++shadow.compared;
  shadow.difference_sum += difference;
  shadow.difference_max = std::max(shadow.difference_max, difference);
  if (!decided) return;
  ++shadow.decided;
  shadow.different_signals += different_signals ? 1 : 0;
}

void RunningExperiment::CountDropped() {
  base::MutexLock lock(mutex_);
  ++stats_.shadow.dropped;
}

void RunningExperiment::CountShadowFailure() {
  base::MutexLock lock(mutex_);
  ++stats_.shadow.failed;
}

ExperimentStats RunningExperiment::Stats() const {
  base::MutexLock lock(mutex_);
  return stats_;
}

}  // namespace aifx::serving
