#ifndef AIFX_SERVER_RPC_STORE_ROOT_H_
#define AIFX_SERVER_RPC_STORE_ROOT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

// Callers learn why a model or a command failed, but not where the model store lies.
namespace aifx::rpc {

// `text` with the paths in it relative to `root`, the store's folder.
std::string WithoutRoot(absl::string_view text, const std::string& root);

// The same of a message; code and details stay.
absl::Status WithoutRoot(const absl::Status& status, const std::string& root);

}  // namespace aifx::rpc

#endif  // AIFX_SERVER_RPC_STORE_ROOT_H_
