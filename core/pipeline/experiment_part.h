#ifndef AIFX_CORE_PIPELINE_EXPERIMENT_PART_H_
#define AIFX_CORE_PIPELINE_EXPERIMENT_PART_H_

#include <memory>

#include "core/records/prediction.h"
#include "core/serving/experiments.h"
#include "core/serving/registry.h"

namespace aifx::pipeline {

// What a request does in an experiment; nothing where `running` is null.
struct ExperimentPart {
  std::shared_ptr<serving::RunningExperiment> running;
  serving::Arm arm = serving::Arm::kChampion;  // what answers
  double point = 0;                            // of the unit (serving::AssignmentPoint)
  serving::ServedModel shadow;                 // computes too; without a model where none does
};

// Takes a request that named no version into the experiment on its model, where one runs and
// `served` is its champion: `served` becomes the version that answers. A candidate that is not
// loaded is counted, and the champion answers.
ExperimentPart TakePart(const serving::Experiments& experiments,
                        const serving::ModelRegistry& registry, const serving::ExperimentUnit& unit,
                        serving::ServedModel& served);

// What an experiment counts of an answer; `run_time` of the model, zero where it did not run.
serving::ArmAnswer ArmAnswerOf(const records::Prediction& prediction, absl::Duration run_time);

// Whether the model failed, not the queue before it, the caller's patience or candles of which no
// features can be made (InvalidArgument, FailedPrecondition).
bool IsModelFailure(const absl::Status& status);

// Counts how far a shadow is from what the champion answered.
void CompareWithShadow(serving::RunningExperiment& running, const records::Prediction& champion,
                       const records::Prediction& shadow);

}  // namespace aifx::pipeline

#endif  // AIFX_CORE_PIPELINE_EXPERIMENT_PART_H_
