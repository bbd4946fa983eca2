#ifndef AIFX_CLIENT_HTTP_HTTP_FAILURE_H_
#define AIFX_CLIENT_HTTP_HTTP_FAILURE_H_

#include "absl/status/status.h"

namespace aifx::http {

// Why an exchange has no complete reply; decides what may be done next.
struct HttpFailure {
  // False only where the server cannot have received the request (name resolution, connecting or
  // the TLS handshake failed, or it was never sent): repeating it cannot make a duplicate.
  bool may_have_arrived = true;
  // The reply was larger than HttpRequest::max_response_bytes: asking for less may help.
  bool reply_too_large = false;
  // This side refused to send it (an open circuit breaker, a rate limit that is used up): trying
  // again before the time that the message names is no use. Implies !may_have_arrived.
  bool refused_here = false;
  bool operator==(const HttpFailure&) const = default;
};

// Attaches `failure` to an error.
absl::Status WithHttpFailure(absl::Status status, const HttpFailure& failure);

// The failure attached; the cautious default (it may have arrived) where there is none.
HttpFailure HttpFailureOf(const absl::Status& status);

}  // namespace aifx::http

#endif  // AIFX_CLIENT_HTTP_HTTP_FAILURE_H_
