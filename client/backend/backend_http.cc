#include "client/backend/backend_http.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "client/backend/status_mapping.h"
#include "client/http/retry.h"
#include "client/http/url.h"
#include "core/base/violation.h"

namespace aifx::backend {
namespace {

http::OriginOptions WithBackendFailures(http::OriginOptions options) {
  options.is_failure = IsBackendFailure;
  return options;
}

}  // namespace

BackendHttp::BackendHttp(const http::BaseUrl& url, BackendHttpOptions options, base::Clock& clock,
                         base::Logger& logger)
    : clock_(clock),
      logger_(logger),
      curl_(std::move(options.curl), clock),
      protected_(url, WithBackendFailures(std::move(options.origin)),
                 {.transport = curl_,
                  .clock = clock,
                  .logger = logger,
                  .uniform = http::SystemUniform()}) {}

BackendDependencies BackendHttp::Dependencies() {
  return {.http = protected_,
          .clock = clock_,
          .logger = logger_,
          .uniform = http::SystemUniform(),
          .retry_budget = &protected_.retry_budget()};
}

absl::StatusOr<std::unique_ptr<BackendHttp>> MakeBackendHttp(const std::string& base_url,
                                                             BackendHttpOptions options,
                                                             base::Clock& clock,
                                                             base::Logger& logger) {
  const absl::StatusOr<http::BaseUrl> url = http::ParseBaseUrl(base_url);
  if (!url.ok()) {
    return base::InvalidArgument(
        {{"base_url", absl::StrCat("base_url: ", url.status().message())}});
  }
  return std::make_unique<BackendHttp>(*url, std::move(options), clock, logger);
}

}  // namespace aifx::backend
