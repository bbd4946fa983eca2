#ifndef AIFX_CLIENT_CLI_COLLECT_SUBCOMMANDS_H_
#define AIFX_CLIENT_CLI_COLLECT_SUBCOMMANDS_H_

#include "client/cli/commands.h"

namespace aifx::cli {

// Each adds one subcommand of `aifx collect` and lives in the file of its name.
void AddCollectCalendar(CLI::App& collect, Invocation& invocation);
void AddCollectFundamentals(CLI::App& collect, Invocation& invocation);

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_COLLECT_SUBCOMMANDS_H_
