#ifndef AIFX_CLIENT_CLI_BACKEND_SUBCOMMANDS_H_
#define AIFX_CLIENT_CLI_BACKEND_SUBCOMMANDS_H_

#include "client/cli/commands.h"

namespace aifx::cli {

// Each adds the subcommands of `aifx backend` that its file names.
void AddBackendCheck(CLI::App& group, Invocation& invocation);
void AddBackendHealth(CLI::App& group, Invocation& invocation);
void AddBackendCandles(CLI::App& group, Invocation& invocation);
void AddBackendSignals(CLI::App& group, Invocation& invocation);
void AddBackendTrades(CLI::App& group, Invocation& invocation);
void AddBackendStats(CLI::App& group, Invocation& invocation);
void AddBackendMacro(CLI::App& group, Invocation& invocation);
void AddBackendModels(CLI::App& group, Invocation& invocation);
void AddBackendAbTests(CLI::App& group, Invocation& invocation);
void AddBackendPredictions(CLI::App& group, Invocation& invocation);
void AddBackendAccuracy(CLI::App& group, Invocation& invocation);
void AddBackendOutcome(CLI::App& group, Invocation& invocation);

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_BACKEND_SUBCOMMANDS_H_
