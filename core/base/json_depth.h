#ifndef AIFX_CORE_BASE_JSON_DEPTH_H_
#define AIFX_CORE_BASE_JSON_DEPTH_H_

#include <cstddef>

#include "absl/strings/string_view.h"

namespace aifx::base {

// Levels that a document from outside may have. The JSON library keeps what is open on the heap
// while it parses, but calls itself once a level when it copies or writes a document: deep ones
// would overflow the stack.
inline constexpr size_t kMaxJsonDepth = 64;

// Whether more than `most` arrays and objects of the text are open at a time; of what is not JSON,
// whether its brackets look so. To be asked before it is parsed; one pass.
bool IsJsonDeeperThan(absl::string_view text, size_t most = kMaxJsonDepth);

}  // namespace aifx::base

#endif  // AIFX_CORE_BASE_JSON_DEPTH_H_
