#ifndef AIFX_CLIENT_CLI_APP_H_
#define AIFX_CLIENT_CLI_APP_H_

#include <string>
#include <vector>

#include "client/cli/console.h"

namespace aifx::cli {

// Parses the arguments (without the program's name), runs the subcommand and returns the exit
// code. Never throws.
int RunCli(const std::vector<std::string>& arguments, Console& console);

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_APP_H_
