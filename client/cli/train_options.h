#ifndef AIFX_CLIENT_CLI_TRAIN_OPTIONS_H_
#define AIFX_CLIENT_CLI_TRAIN_OPTIONS_H_

#include "client/cli/train_weekly.h"

namespace aifx::cli {

// Declares the options of `aifx train weekly` with their ranges and defaults.
void AddTrainWeeklyOptions(CLI::App& command, TrainWeeklyOptions* options);

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_TRAIN_OPTIONS_H_
