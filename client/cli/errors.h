#ifndef AIFX_CLIENT_CLI_ERRORS_H_
#define AIFX_CLIENT_CLI_ERRORS_H_

#include <grpcpp/grpcpp.h>

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "client/cli/connection.h"
#include "client/cli/console.h"

namespace aifx::cli {

// "INVALID_ARGUMENT" and so on.
std::string CodeName(int code);

// Writes to console.err what failed, the code, every field violation, and what to do about it.
// Returns the exit code for it.
int ReportError(absl::string_view what, const grpc::Status& status, const ServerOptions& server,
                Console& console);

// The same for a failure on this side: a file, a value, the backend.
int ReportError(absl::string_view what, const absl::Status& status, Console& console);

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_ERRORS_H_
