#ifndef AIFX_CLIENT_CLI_MODELS_COMMANDS_H_
#define AIFX_CLIENT_CLI_MODELS_COMMANDS_H_

#include "client/cli/commands.h"

namespace aifx::cli {

// Adds `load`, `unload`, `activate` and `rollback` to `aifx models`.
void AddModelCommands(CLI::App& models, Invocation& invocation);

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_MODELS_COMMANDS_H_
