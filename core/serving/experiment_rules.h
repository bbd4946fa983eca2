#ifndef AIFX_CORE_SERVING_EXPERIMENT_RULES_H_
#define AIFX_CORE_SERVING_EXPERIMENT_RULES_H_

#include <optional>
#include <string>

#include "core/serving/experiment_stats.h"

namespace aifx::serving {

// The probability of a split at least as far from the wanted one as that of the units answered:
// chi-square test with one degree of freedom (Pearson 1900), p = erfc(sqrt(chi2 / 2)). 1 where
// fewer than five units are expected in an arm: the test does not hold there. 0 where an arm that
// should get nothing got something.
double SplitProbability(int64_t champion_units, int64_t candidate_units, double candidate_percent);

// A split less likely than this is a fault of the set-up, not chance.
inline constexpr double kSplitAlarm = 0.001;

// Why the experiment's results are not to be trusted; empty where nothing is known against them.
std::string SampleRatioWarning(const Experiment& experiment, const ExperimentStats& stats);

// When a canary is taken back (docs/experiments.md).
struct CanaryRules {
  int64_t min_requests = 20;   // of each arm, before errors are compared
  double most_errors = 0.5;    // the candidate's share of errors while the champion has fewer
  double error_margin = 0.05;  // the candidate's share of errors may exceed the champion's by this
  int64_t min_units = 50;      // decided in each arm, before HOLDs and confidence are compared
  double hold_margin = 0.3;    // the shares of HOLD may differ by this
  double confidence_margin = 0.15;  // the mean confidences may differ by this
  int64_t min_runs = 20;            // of each arm, before times are compared
  double slowdown = 2;  // the candidate's mean time may be this many times the champion's
  absl::Duration least_delay = absl::Milliseconds(1);  // and a smaller difference is let pass
};

// The first rule that the candidate breaks, as a sentence with its numbers; nothing where it may
// go on.
std::optional<std::string> RollbackReason(const ExperimentStats& stats, const CanaryRules& rules);

}  // namespace aifx::serving

#endif  // AIFX_CORE_SERVING_EXPERIMENT_RULES_H_
