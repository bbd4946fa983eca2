#ifndef AIFX_CLIENT_BACKEND_STATUS_MAPPING_H_
#define AIFX_CLIENT_BACKEND_STATUS_MAPPING_H_

#include <nlohmann/json.hpp>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "client/http/http_client.h"

namespace aifx::backend {

// One of the backend's routes, as messages name it.
struct Route {
  std::string method;   // "GET"
  std::string path;     // as in the contract: "/training-data/market/:pair"
  std::string purpose;  // what does not work without it: "reading candles"
};

// Another program's text for a message or a log line: one line of at most 300 bytes. `secret`
// (empty: none) is taken out before the text is cut, so that no part of it stays.
std::string OneLine(std::string text, absl::string_view secret);

// The `data` of a successful reply, else an error that says what to do about it:
//
//   400, 422, 413                       INVALID_ARGUMENT
//   500 "Validation error..."           INVALID_ARGUMENT (the database refused a value)
//   401, 403                            FAILED_PRECONDITION (our key is refused, or our service
//   name
//                                       with FORBIDDEN_SERVICE: not the caller's fault, and no
//                                       repetition helps)
//   404                                 NOT_FOUND; with ROUTE_NOT_FOUND: UNIMPLEMENTED
//   409                                 ALREADY_EXISTS
//   429                                 RESOURCE_EXHAUSTED with base::WithRetryAfter
//   408, any other 5xx, a redirect      UNAVAILABLE
//   not JSON, or not the envelope       UNAVAILABLE (another server, or a proxy's own page)
//   anything else                       INTERNAL
//
// The backend's code is attached as base::ReasonOf. Its stack traces never get here. No
// message holds `secret` (empty: none), nor a part that cutting the backend's text left of it.
absl::StatusOr<nlohmann::json> DataOf(const http::HttpResponse& response, const Route& route,
                                      const std::string& base_url, absl::Time now,
                                      absl::string_view secret = "");

// The error of an exchange that has no complete reply, or was not begun, with the backend and what
// to look at named. Keeps the code and payloads of `error`.
absl::Status NoAnswerError(const absl::Status& error, const std::string& base_url);

// Whether repeating the same request could succeed, judged by a complete reply.
bool IsTransientAnswer(const http::HttpResponse& response);

// Whether a complete reply says that the backend is not well: 5xx, but for the 500 "Validation
// error..." that a refused value gets. For the circuit breaker.
bool IsBackendFailure(const http::HttpResponse& response);

// Whether a request that ended with `status` may have taken effect: true unless it was not sent or
// the backend refused it.
bool MayHaveBeenApplied(const absl::Status& status);

}  // namespace aifx::backend

#endif  // AIFX_CLIENT_BACKEND_STATUS_MAPPING_H_
