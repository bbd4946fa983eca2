#ifndef AIFX_CLIENT_CLI_VERSION_H_
#define AIFX_CLIENT_CLI_VERSION_H_

#include <string>

namespace aifx::cli {

// Versions of aifx (with its git revision), LibTorch and gRPC, a line each.
std::string VersionText();

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_VERSION_H_
