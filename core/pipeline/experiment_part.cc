#include "core/pipeline/experiment_part.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace aifx::pipeline {
namespace {

// Otherwise the clock, the market or an operator decided: that says nothing about the version.
bool IsDecidedByModel(const records::Prediction& prediction) {
  return prediction.hold_reason == records::HoldReason::kNone ||
         prediction.hold_reason == records::HoldReason::kNoEdge ||
         prediction.hold_reason == records::HoldReason::kOutOfDistribution;
}

}  // namespace

ExperimentPart TakePart(const serving::Experiments& experiments,
                        const serving::ModelRegistry& registry, const serving::ExperimentUnit& unit,
                        serving::ServedModel& served) {
  const model::Manifest& manifest = served.model->manifest();
  ExperimentPart part{.running = experiments.Find(manifest.name)};
  if (part.running == nullptr) return {};
  const serving::Experiment& experiment = part.running->experiment();
  if (experiment.champion != manifest.version) return {};  // it is about to end
  part.point = serving::AssignmentPoint(experiment.name, unit);
  part.arm = part.running->ArmOf(part.point);
  const bool shadows = experiment.kind == serving::ExperimentKind::kShadow &&
                       part.point < experiment.candidate_percent;
  if (part.arm == serving::Arm::kChampion && !shadows) return part;
  auto candidate = registry.Acquire({.name = experiment.model, .version = experiment.candidate},
                                    unit.pair, unit.timeframe);
  if (!candidate.ok()) {
    part.running->CountFallback();
    part.arm = serving::Arm::kChampion;
    return part;
  }
  (shadows ? part.shadow : served) = *std::move(candidate);
  return part;
}

serving::ArmAnswer ArmAnswerOf(const records::Prediction& prediction, absl::Duration run_time) {
  return {.decided = IsDecidedByModel(prediction),
          .hold = prediction.signal == records::Signal::kHold,
          .confidence = prediction.confidence,
          .run_time = run_time};
}

bool IsModelFailure(const absl::Status& status) {
  return !status.ok() && !absl::IsCancelled(status) && !absl::IsDeadlineExceeded(status) &&
         !absl::IsResourceExhausted(status) && !absl::IsUnavailable(status) &&
         !absl::IsInvalidArgument(status) && !absl::IsFailedPrecondition(status);
}

void CompareWithShadow(serving::RunningExperiment& running, const records::Prediction& champion,
                       const records::Prediction& shadow) {
  double difference = 0;
  const size_t classes = std::min(champion.probabilities.size(), shadow.probabilities.size());
  for (size_t c = 0; c < classes; ++c) {
    difference = std::max(
        difference, std::abs(champion.probabilities[c].second - shadow.probabilities[c].second));
  }
  running.CountComparison(difference, IsDecidedByModel(champion) && IsDecidedByModel(shadow),
                          champion.signal != shadow.signal);
}

}  // namespace aifx::pipeline
