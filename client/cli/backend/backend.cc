// aifx backend: the backend's routes, one command each.
#include <CLI/CLI.hpp>

#include "client/cli/backend/subcommands.h"
#include "client/cli/commands.h"

namespace aifx::cli {

void AddBackend(CLI::App& app, Invocation& invocation) {
  CLI::App* group =
      app.add_subcommand("backend", "Check the Node backend, or read and write its records");
  group->require_subcommand(1);
  AddBackendCheck(*group, invocation);
  AddBackendHealth(*group, invocation);
  AddBackendStats(*group, invocation);
  AddBackendCandles(*group, invocation);
  AddBackendSignals(*group, invocation);
  AddBackendTrades(*group, invocation);
  AddBackendMacro(*group, invocation);
  AddBackendModels(*group, invocation);
  AddBackendAbTests(*group, invocation);
  AddBackendPredictions(*group, invocation);
  AddBackendAccuracy(*group, invocation);
  AddBackendOutcome(*group, invocation);
}

}  // namespace aifx::cli
