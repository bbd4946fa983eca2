// aifx train: the training jobs.
#include <CLI/CLI.hpp>

#include "client/cli/commands.h"
#include "client/cli/train_weekly.h"

namespace aifx::cli {

void AddTrain(CLI::App& app, Invocation& invocation) {
  CLI::App* train = app.add_subcommand("train", "Train a model on the backend's candles");
  train->require_subcommand(1);
  AddTrainWeekly(*train, invocation);
}

}  // namespace aifx::cli
