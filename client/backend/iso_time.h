#ifndef AIFX_CLIENT_BACKEND_ISO_TIME_H_
#define AIFX_CLIENT_BACKEND_ISO_TIME_H_

#include <optional>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace aifx::backend {

// An ISO 8601 time with its zone (RFC 3339); nothing for other text and for times without end. The
// form that the backend writes, 2018-06-12T10:00:00.000Z, and the same without a fraction take a
// few nanoseconds.
std::optional<absl::Time> ParseIsoTime(absl::string_view text);

}  // namespace aifx::backend

#endif  // AIFX_CLIENT_BACKEND_ISO_TIME_H_
