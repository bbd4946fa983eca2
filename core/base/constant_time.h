#ifndef AIFX_CORE_BASE_CONSTANT_TIME_H_
#define AIFX_CORE_BASE_CONSTANT_TIME_H_

#include "absl/strings/string_view.h"

namespace aifx::base {

// Whether two secrets are equal, in a time that depends on their length only.
bool EqualInConstantTime(absl::string_view a, absl::string_view b);

}  // namespace aifx::base

#endif  // AIFX_CORE_BASE_CONSTANT_TIME_H_
