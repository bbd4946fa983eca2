#ifndef AIFX_CLIENT_HTTP_HTTP_CLIENT_H_
#define AIFX_CLIENT_HTTP_HTTP_CLIENT_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/base/call_context.h"

namespace aifx::http {

using Headers = std::vector<std::pair<std::string, std::string>>;

// Who waits for an exchange; decides who waits first when a server's rate limit runs low.
enum class Priority {
  kInteractive,  // somebody waits for it
  kBackground    // queues and bulk reads: waits earlier, and longer
};

struct HttpRequest {
  // The empty initializers let callers name only some members without a warning.
  std::string method = {};  // "GET", "POST", "PUT"
  std::string url = {};     // absolute, http or https
  Headers headers = {};     // values without CR or LF
  std::string body = {};
  size_t max_response_bytes = size_t{1} << 20;  // after decompression
  Priority priority = Priority::kInteractive;
  bool repeat = false;  // set by Retrier: a repeat of a request that was sent before
};

struct HttpResponse {
  int status = 0;   // any HTTP status is a value, not an error
  Headers headers;  // as received, in order
  std::string body;

  // The first header of that name (any case); empty where there is none.
  absl::string_view Header(absl::string_view name) const;
};

// One exchange with an HTTP server. An error means that no complete reply arrived; its
// HttpFailure payload (http_failure.h) says whether the request may have reached the server.
// Never follows redirects, never repeats a request by itself. Thread-safe.
class HttpClient {
 public:
  virtual ~HttpClient() = default;
  // Blocks until the reply is complete, the context's deadline or the client's own limit passes
  // (DEADLINE_EXCEEDED), or the context is cancelled (CANCELLED). UNAVAILABLE for what failed on
  // the network; RESOURCE_EXHAUSTED for a body over max_response_bytes; INVALID_ARGUMENT for a
  // request that is not well-formed.
  virtual absl::StatusOr<HttpResponse> Send(const HttpRequest& request,
                                            const base::CallContext& context) = 0;
};

}  // namespace aifx::http

#endif  // AIFX_CLIENT_HTTP_HTTP_CLIENT_H_
