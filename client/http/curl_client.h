#ifndef AIFX_CLIENT_HTTP_CURL_CLIENT_H_
#define AIFX_CLIENT_HTTP_CURL_CLIENT_H_

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "client/http/http_client.h"
#include "core/base/clock.h"

namespace aifx::http {

struct CurlOptions {
  absl::Duration connect_timeout = absl::Seconds(2);
  absl::Duration total_timeout = absl::Seconds(10);  // the context's deadline may be nearer
  // A transfer slower than this for so long (waiting for the reply included) is given up.
  int64_t low_speed_bytes_per_second = 100;
  absl::Duration low_speed_time = absl::Seconds(5);  // whole seconds; zero turns it off
  // Idle connections are not used again after this: below Node's keep-alive of 5 s.
  absl::Duration max_idle_connection_age = absl::Seconds(3);
  std::string proxy;      // empty: none, whatever the environment says
  std::string ca_bundle;  // a PEM file; empty: the system's
  std::string user_agent = "aifx";
};

// HttpClient over libcurl: HTTP/1.1, keep-alive, gzip. A request with a body is sent at most once,
// even where libcurl by itself would repeat it on a connection that died. Cancelling a context
// ends its call within about a second. Thread-safe; concurrent calls use separate connections.
class CurlClient final : public HttpClient {
 public:
  // `clock` tells how much of a deadline is left; it outlives the client.
  CurlClient(CurlOptions options, base::Clock& clock);
  ~CurlClient() override;

  absl::StatusOr<HttpResponse> Send(const HttpRequest& request,
                                    const base::CallContext& context) override;

 private:
  class HandlePool;

  CurlOptions options_;
  base::Clock& clock_;
  std::unique_ptr<HandlePool> pool_;
};

}  // namespace aifx::http

#endif  // AIFX_CLIENT_HTTP_CURL_CLIENT_H_
