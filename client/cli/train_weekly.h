#ifndef AIFX_CLIENT_CLI_TRAIN_WEEKLY_H_
#define AIFX_CLIENT_CLI_TRAIN_WEEKLY_H_

#include "absl/status/status.h"
#include "client/cli/commands.h"

namespace aifx::cli {

// Adds the subcommand `weekly` to `train`.
void AddTrainWeekly(CLI::App& train, Invocation& invocation);

// The exit code for a run that failed: too little data is not a failure of the job.
int TrainExitCode(const absl::Status& status);

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_TRAIN_WEEKLY_H_
