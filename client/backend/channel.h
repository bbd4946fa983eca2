#ifndef AIFX_CLIENT_BACKEND_CHANNEL_H_
#define AIFX_CLIENT_BACKEND_CHANNEL_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/backend/config.h"
#include "client/backend/status_mapping.h"
#include "client/http/http_client.h"
#include "client/http/retry.h"
#include "client/http/retry_budget.h"
#include "client/http/url.h"
#include "core/base/call_context.h"
#include "core/base/clock.h"
#include "core/base/log.h"

namespace aifx::backend {

// One call of a route.
struct Call {
  Route route;
  std::string path = {};  // below /api/v1/ml, percent-encoded; empty: the route's own
  http::Query query = {};
  std::optional<nlohmann::json> body = std::nullopt;
  bool idempotent = true;            // repeated after failures that pass
  size_t max_response_bytes = 0;     // 0: the configuration's max_answer_bytes
  std::string idempotency_key = {};  // a header, for deployments that know it
  http::Priority priority = http::Priority::kInteractive;  // kBackground where config() says so
  // Tried first on the body of a 2xx reply: true where it took all it needs, and then Send's data
  // is null. Spares the document of a large body.
  std::function<bool(const std::string& body)> decode = {};
};

// Requests with the backend's headers, replies out of its envelope. Thread-safe.
class Channel {
 public:
  // REQUIRES: ValidateConfig(config) is empty. The references outlive the channel, and so does
  // `retry_budget` (null: repeats are bounded by config.retry alone).
  Channel(BackendConfig config, http::HttpClient& client, base::Clock& clock,
          http::UniformSource uniform, base::Logger& logger,
          http::RetryBudget* retry_budget = nullptr);

  // The reply's `data`; errors as DataOf and NoAnswerError (status_mapping.h). No message and no
  // log line holds the key, even where the backend repeats it.
  absl::StatusOr<nlohmann::json> Send(const Call& call, const base::CallContext& context) const;

  // The backend's clock less ours, by the newest reply with a Date; nothing before the first one.
  // Within a second, plus the time that the reply took.
  std::optional<absl::Duration> clock_offset() const;

  const BackendConfig& config() const { return config_; }
  base::Logger& logger() const { return logger_; }

 private:
  http::HttpRequest RequestOf(const Call& call, const base::CallContext& context) const;
  absl::Status WithoutKey(absl::Status status) const;
  void LogFailure(const Call& call, const http::HttpResponse& response,
                  const base::CallContext& context) const;
  void NoteDate(const http::HttpResponse& response) const;

  BackendConfig config_;
  std::string base_url_;  // normalized
  http::HttpClient& client_;
  base::Clock& clock_;
  base::Logger& logger_;
  http::Retrier retrier_;
  static constexpr int64_t kNoOffset = INT64_MIN;
  mutable std::atomic<int64_t> clock_offset_ms_ = kNoOffset;
};

}  // namespace aifx::backend

#endif  // AIFX_CLIENT_BACKEND_CHANNEL_H_
