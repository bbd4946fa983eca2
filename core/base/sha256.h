#ifndef AIFX_CORE_BASE_SHA256_H_
#define AIFX_CORE_BASE_SHA256_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace aifx::base {

// SHA-256 (FIPS 180-4) as 64 lower-case hexadecimal digits.
std::string Sha256Hex(absl::string_view data);

// The same of a file's content, read in pieces. NotFound or the file system's error otherwise.
absl::StatusOr<std::string> Sha256HexOfFile(const std::string& path);

}  // namespace aifx::base

#endif  // AIFX_CORE_BASE_SHA256_H_
