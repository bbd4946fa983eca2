#include "core/serving/experiment_rules.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace aifx::serving {
namespace {

constexpr double kLeastExpected = 5;

double Share(int64_t part, int64_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
}

std::optional<std::string> TooManyErrors(const ArmStats& champion, const ArmStats& candidate,
                                         const CanaryRules& rules) {
  if (candidate.requests < rules.min_requests) return std::nullopt;
  const double of_candidate = Share(candidate.errors, candidate.requests);
  if (champion.requests < rules.min_requests) {
    // With a large share of the candles a failing candidate would wait for the champion for long.
    if (of_candidate <= rules.most_errors) return std::nullopt;
    return absl::StrFormat(
        "the candidate failed %.1f%% of %d requests, while the champion has too few to compare",
        of_candidate * 100, candidate.requests);
  }
  const double of_champion = Share(champion.errors, champion.requests);
  if (of_candidate <= of_champion + rules.error_margin) return std::nullopt;
  return absl::StrFormat("the candidate failed %.1f%% of %d requests, the champion %.1f%% of %d",
                         of_candidate * 100, candidate.requests, of_champion * 100,
                         champion.requests);
}

std::optional<std::string> OtherAnswers(const ArmStats& champion, const ArmStats& candidate,
                                        const CanaryRules& rules) {
  if (std::min(champion.decided, candidate.decided) < rules.min_units) return std::nullopt;
  const double champion_holds = Share(champion.holds, champion.decided);
  const double candidate_holds = Share(candidate.holds, candidate.decided);
  if (std::abs(candidate_holds - champion_holds) > rules.hold_margin) {
    return absl::StrFormat("the candidate holds in %.1f%% of %d candles, the champion in %.1f%%",
                           candidate_holds * 100, candidate.decided, champion_holds * 100);
  }
  const double of_champion = champion.confidence_sum / static_cast<double>(champion.decided);
  const double of_candidate = candidate.confidence_sum / static_cast<double>(candidate.decided);
  if (std::abs(of_candidate - of_champion) > rules.confidence_margin) {
    return absl::StrFormat(
        "the candidate's mean confidence is %.3f over %d candles, the champion's %.3f",
        of_candidate, candidate.decided, of_champion);
  }
  return std::nullopt;
}

std::optional<std::string> TooSlow(const ArmStats& champion, const ArmStats& candidate,
                                   const CanaryRules& rules) {
  if (std::min(champion.runs, candidate.runs) < rules.min_runs) return std::nullopt;
  const absl::Duration of_champion = champion.run_time / champion.runs;
  const absl::Duration of_candidate = candidate.run_time / candidate.runs;
  if (of_candidate <= of_champion * rules.slowdown ||
      of_candidate - of_champion < rules.least_delay) {
    return std::nullopt;
  }
  return absl::StrCat("the candidate's model takes ", absl::FormatDuration(of_candidate),
                      " on average, the champion's ", absl::FormatDuration(of_champion));
}

}  // namespace

double SplitProbability(int64_t champion_units, int64_t candidate_units, double candidate_percent) {
  const double all = static_cast<double>(champion_units + candidate_units);
  const double candidates = all * candidate_percent / 100;
  const double champions = all - candidates;
  if (candidate_percent <= 0) return candidate_units > 0 ? 0 : 1;
  if (candidate_percent >= 100) return champion_units > 0 ? 0 : 1;
  if (std::min(candidates, champions) < kLeastExpected) return 1;
  const double off = static_cast<double>(candidate_units) - candidates;
  const double chi2 = off * off / candidates + off * off / champions;
  return std::erfc(std::sqrt(chi2 / 2));
}

std::string SampleRatioWarning(const Experiment& experiment, const ExperimentStats& stats) {
  if (experiment.kind == ExperimentKind::kShadow) return "";
  const double p =
      SplitProbability(stats.champion.units, stats.candidate.units, experiment.candidate_percent);
  if (p >= kSplitAlarm) return "";
  return absl::StrFormat(
      "sample ratio: the candidate answered %d of %d candles where %g%% were wanted (p = %.2g); do "
      "not trust the comparison before the cause is found",
      stats.candidate.units, stats.champion.units + stats.candidate.units,
      experiment.candidate_percent, p);
}

std::optional<std::string> RollbackReason(const ExperimentStats& stats, const CanaryRules& rules) {
  if (auto reason = TooManyErrors(stats.champion, stats.candidate, rules)) return reason;
  if (auto reason = OtherAnswers(stats.champion, stats.candidate, rules)) return reason;
  return TooSlow(stats.champion, stats.candidate, rules);
}

}  // namespace aifx::serving
