#ifndef AIFX_CORE_SERVING_EXPERIMENT_STATS_H_
#define AIFX_CORE_SERVING_EXPERIMENT_STATS_H_

#include <cstdint>

#include "absl/time/time.h"
#include "core/serving/experiment.h"

namespace aifx::serving {

// The two versions of an experiment.
enum class Arm { kChampion, kCandidate };

// What one version has done in an experiment. Requests for one candle are no independent
// observations, so shares and means are over units: candles, each counted at its first answer.
struct ArmStats {
  int64_t requests = 0;  // answered or failed
  int64_t errors = 0;    // of these, those that the model failed
  int64_t units = 0;     // different candles answered
  // Of the units, those that the model decided, not the clock, the market or an operator.
  int64_t decided = 0;
  int64_t holds = 0;          // of these, HOLD
  double confidence_sum = 0;  // of these
  int64_t runs = 0;           // answers that were computed, not found in the cache
  absl::Duration run_time;    // of the forward passes that these were in
};

// What a shadow candidate said beside the champion.
struct ShadowStats {
  int64_t compared = 0;           // units that both computed
  int64_t dropped = 0;            // units not computed, because the server was busy
  int64_t failed = 0;             // units that the candidate's model failed
  double difference_sum = 0;      // of the largest |probability difference| of each
  double difference_max = 0;      // 0..1
  int64_t decided = 0;            // of `compared`, those that both models decided
  int64_t different_signals = 0;  // of these
};

// One experiment's counters. Counts of requests and units outlive a restart, the others do not.
struct ExperimentStats {
  ArmStats champion, candidate;
  ShadowStats shadow;
  int64_t fallbacks = 0;  // requests for the candidate that the champion answered: not loaded
};

// An experiment and how it goes.
struct ExperimentView {
  Experiment experiment;
  ExperimentStats stats;
};

}  // namespace aifx::serving

#endif  // AIFX_CORE_SERVING_EXPERIMENT_STATS_H_
