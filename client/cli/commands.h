#ifndef AIFX_CLIENT_CLI_COMMANDS_H_
#define AIFX_CLIENT_CLI_COMMANDS_H_

#include <functional>

#include "client/cli/console.h"

namespace CLI {
class App;
}

namespace aifx::cli {

// What the command line asks for: set while it is parsed, run afterwards.
struct Invocation {
  Console& console;
  std::function<int()> run;  // returns the exit code
};

// Each adds one subcommand of `aifx` and lives in the file of its name.
void AddPredict(CLI::App& app, Invocation& invocation);
void AddExplain(CLI::App& app, Invocation& invocation);
void AddReplay(CLI::App& app, Invocation& invocation);
void AddOutcome(CLI::App& app, Invocation& invocation);
void AddAccuracy(CLI::App& app, Invocation& invocation);
void AddPredictions(CLI::App& app, Invocation& invocation);
void AddModels(CLI::App& app, Invocation& invocation);
void AddKillSwitch(CLI::App& app, Invocation& invocation);
void AddExperiments(CLI::App& app, Invocation& invocation);
void AddOutbox(CLI::App& app, Invocation& invocation);
void AddHealth(CLI::App& app, Invocation& invocation);
void AddTrain(CLI::App& app, Invocation& invocation);
void AddData(CLI::App& app, Invocation& invocation);
void AddCollect(CLI::App& app, Invocation& invocation);  // collect/collect.cc
void AddDataset(CLI::App& app, Invocation& invocation);  // dataset/dataset.cc
void AddBackend(CLI::App& app, Invocation& invocation);  // backend/backend.cc
void AddFeatures(CLI::App& app, Invocation& invocation);

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_COMMANDS_H_
