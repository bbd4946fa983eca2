#ifndef AIFX_CLIENT_HTTP_HTTP_DATE_H_
#define AIFX_CLIENT_HTTP_HTTP_DATE_H_

#include <optional>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "client/http/http_client.h"

namespace aifx::http {

// An HTTP date in any of the three forms of RFC 9110, section 5.6.7; nothing for other text.
std::optional<absl::Time> ParseHttpDate(absl::string_view text);

// How long the reply's Retry-After (seconds or a date) asks to wait, within 0..1 hour; nothing
// where it has none that is well-formed. A date counts from the reply's own Date where it has one,
// so that the server's clock may be wrong, else from `now`.
std::optional<absl::Duration> RetryAfter(const HttpResponse& response, absl::Time now);

}  // namespace aifx::http

#endif  // AIFX_CLIENT_HTTP_HTTP_DATE_H_
