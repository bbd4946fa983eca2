#ifndef AIFX_CLIENT_BACKEND_BACKEND_HTTP_H_
#define AIFX_CLIENT_BACKEND_BACKEND_HTTP_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "client/backend/backend_client.h"
#include "client/http/curl_client.h"
#include "client/http/origin_client.h"
#include "client/http/origin_stats.h"

namespace aifx::backend {

struct BackendHttpOptions {
  http::CurlOptions curl;
  http::OriginOptions origin;  // is_failure is the backend's own (status_mapping.h)
};

// The way to one backend: libcurl, with rate limit, circuit breaker and retry budget around it.
// All BackendClients of a process share one, for its limits hold for all of them together.
// docs/backend-client.md explains what it does. Thread-safe.
class BackendHttp {
 public:
  // The references outlive the object.
  BackendHttp(const http::BaseUrl& url, BackendHttpOptions options, base::Clock& clock,
              base::Logger& logger);

  // For BackendClient::Create; the object outlives the client.
  BackendDependencies Dependencies();

  http::HttpClient& client() { return protected_; }
  http::OriginStats Stats() const { return protected_.Stats(); }

 private:
  base::Clock& clock_;
  base::Logger& logger_;
  http::CurlClient curl_;
  http::OriginClient protected_;
};

// InvalidArgument, naming base_url, for a URL that is not one. Does not contact the backend.
absl::StatusOr<std::unique_ptr<BackendHttp>> MakeBackendHttp(const std::string& base_url,
                                                             BackendHttpOptions options,
                                                             base::Clock& clock,
                                                             base::Logger& logger);

}  // namespace aifx::backend

#endif  // AIFX_CLIENT_BACKEND_BACKEND_HTTP_H_
