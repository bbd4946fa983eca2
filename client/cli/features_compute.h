#ifndef AIFX_CLIENT_CLI_FEATURES_COMPUTE_H_
#define AIFX_CLIENT_CLI_FEATURES_COMPUTE_H_

#include "client/cli/commands.h"

namespace aifx::cli {

// Adds the subcommand `compute` to `features`.
void AddFeaturesCompute(CLI::App& features, Invocation& invocation);

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_FEATURES_COMPUTE_H_
