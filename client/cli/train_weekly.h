#ifndef AIFX_CLIENT_CLI_TRAIN_WEEKLY_H_
#define AIFX_CLIENT_CLI_TRAIN_WEEKLY_H_

#include <string>

#include "absl/status/statusor.h"
#include "client/cli/commands.h"
#include "client/cli/training_backend.h"
#include "core/training/train.h"

namespace aifx::cli {

// The command line of `aifx train weekly`.
struct TrainWeeklyOptions {
  std::string pair;
  std::string timeframe = "1h";
  int days = 0;  // 0: the job's 30, or from `start` on
  std::string start, end;
  std::string models_dir = "models";
  std::string label = "triple_barrier";
  training::TrainSpec spec;  // the numbers
  bool dry_run = false;
  bool json = false;
  BackendOptions backend;
};

// Adds the subcommand `weekly` to `train`.
void AddTrainWeekly(CLI::App& train, Invocation& invocation);

// The spec that the options ask for at `now`. InvalidArgument names the option and its value.
absl::StatusOr<training::TrainSpec> MakeSpec(const TrainWeeklyOptions& options, absl::Time now);

// The exit code for a run that failed: too little data is not a failure of the job.
int TrainExitCode(const absl::Status& status);

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_TRAIN_WEEKLY_H_
