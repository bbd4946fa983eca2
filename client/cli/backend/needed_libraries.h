#ifndef AIFX_CLIENT_CLI_BACKEND_NEEDED_LIBRARIES_H_
#define AIFX_CLIENT_CLI_BACKEND_NEEDED_LIBRARIES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace aifx::cli {

// The shared objects that a 64-bit little-endian ELF program or library names as needed (DT_NEEDED,
// System V ABI, "Dynamic Section"), in order; `image` is its file. InvalidArgument for anything
// else, and for a file that is cut short.
absl::StatusOr<std::vector<std::string>> NeededLibraries(absl::string_view image);

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_BACKEND_NEEDED_LIBRARIES_H_
