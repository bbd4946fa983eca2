#ifndef AIFX_CLIENT_CLI_TRAIN_OPTIONS_H_
#define AIFX_CLIENT_CLI_TRAIN_OPTIONS_H_

#include <string>

#include "absl/status/statusor.h"
#include "client/cli/training_backend.h"
#include "core/training/train.h"

namespace CLI {
class App;
}

namespace aifx::cli {

// The command line of `aifx train weekly`.
struct TrainWeeklyOptions {
  std::string pair;
  std::string timeframe = "1h";
  int days = 0;  // 0: the job's 30, or from `start` on
  std::string start, end;
  std::string models_dir = "models";
  std::string label = "triple_barrier";
  training::TrainSpec spec;     // the numbers
  bool allow_bad_data = false;  // use a series that the quality rules refuse
  bool dry_run = false;
  bool json = false;
  BackendOptions backend;
  std::string redis_url;  // empty: nobody is told
};

// Declares the options of `aifx train weekly` with their ranges and defaults.
void AddTrainWeeklyOptions(CLI::App& command, TrainWeeklyOptions* options);

// The spec that the options ask for at `now`. InvalidArgument names the option and its value.
absl::StatusOr<training::TrainSpec> MakeSpec(const TrainWeeklyOptions& options, absl::Time now);

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_TRAIN_OPTIONS_H_
