#ifndef AIFX_CORE_BASE_IDS_H_
#define AIFX_CORE_BASE_IDS_H_

#include <string>

#include "absl/strings/string_view.h"

namespace aifx::base {

// A random (version 4, RFC 9562) UUID in lower case, from the operating system's generator.
// Thread-safe.
std::string NewUuid();

// True for 8-4-4-4-12 hexadecimal digits, either case; any version.
bool IsUuid(absl::string_view text);

}  // namespace aifx::base

#endif  // AIFX_CORE_BASE_IDS_H_
