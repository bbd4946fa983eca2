#ifndef AIFX_CORE_BASE_STATUS_MACROS_H_
#define AIFX_CORE_BASE_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Returns from the enclosing function when `expr` (an absl::Status) is not OK.
#define AIFX_RETURN_IF_ERROR(expr)                              \
  do {                                                          \
    if (absl::Status aifx_status = (expr); !aifx_status.ok()) { \
      return aifx_status;                                       \
    }                                                           \
  } while (false)

#define AIFX_STATUS_CONCAT_INNER(a, b) a##b
#define AIFX_STATUS_CONCAT(a, b) AIFX_STATUS_CONCAT_INNER(a, b)

// AIFX_ASSIGN_OR_RETURN(auto x, F()): declares x from the StatusOr that F() returns, or returns
// its status from the enclosing function.
#define AIFX_ASSIGN_OR_RETURN(declaration, expr) \
  AIFX_ASSIGN_OR_RETURN_IMPL(AIFX_STATUS_CONCAT(aifx_status_or_, __LINE__), declaration, expr)

#define AIFX_ASSIGN_OR_RETURN_IMPL(temporary, declaration, expr) \
  auto temporary = (expr);                                       \
  if (!temporary.ok()) return std::move(temporary).status();     \
  declaration = *std::move(temporary)

#endif  // AIFX_CORE_BASE_STATUS_MACROS_H_
