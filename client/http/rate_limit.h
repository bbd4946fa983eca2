#ifndef AIFX_CLIENT_HTTP_RATE_LIMIT_H_
#define AIFX_CLIENT_HTTP_RATE_LIMIT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "client/http/http_client.h"

namespace aifx::http {

// One limit of a server as a reply reports it.
struct RateLimit {
  std::string policy;            // its name; empty in the forms that have none
  std::optional<int64_t> limit;  // calls a window; >= 0
  int64_t remaining = 0;         // calls left in this window; >= 0
  absl::Duration reset;          // until the window ends, within 0..1 hour
  bool operator==(const RateLimit&) const = default;
};

// The limits that a reply reports, of the first of these forms that it has in full; empty where it
// has none. What is not well-formed is left out.
//
//   RateLimit: "policy";r=9;t=30          draft-ietf-httpapi-ratelimit-headers-08 and later (a
//   list; RateLimit-Policy: "policy";q=100      the policy tells the limit) RateLimit: limit=100,
//   remaining=9, reset=30           ...-07 RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset
//   ...-06, reset in seconds from now X-RateLimit-Limit, -Remaining, -Reset                 by
//   habit; reset may be a Unix time, which
//                                         counts from the reply's Date where it has one, else `now`
std::vector<RateLimit> ParseRateLimits(const HttpResponse& response, absl::Time now);

}  // namespace aifx::http

#endif  // AIFX_CLIENT_HTTP_RATE_LIMIT_H_
