#ifndef AIFX_CLIENT_BACKEND_CONFIG_H_
#define AIFX_CLIENT_BACKEND_CONFIG_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "client/http/retry.h"
#include "core/base/violation.h"

namespace aifx::backend {

// How to reach the backend.
struct BackendConfig {
  std::string base_url = "http://localhost:3000";  // BACKEND_API_URL; /api/v1/ml is added
  // ML_ENGINE_API_KEY; a secret. Empty: sent without, which the backend will refuse.
  std::string api_key;
  std::string service_name = "ml-engine";     // X-Service-Name
  size_t max_page_bytes = size_t{8} << 20;    // a reply that holds a page of candles
  size_t max_answer_bytes = size_t{1} << 20;  // any other reply
  int64_t candle_page_size = 5000;            // 1..10000, candles asked for at a time
  int candle_connections = 4;                 // 1..16, pages of one read that are on their way
  int64_t prediction_scan_limit = 1000;       // newest predictions searched for a request_id
  http::RetryPolicy retry;                    // of idempotent calls
  // Of every call. kBackground for queues and jobs: under a rate limit they leave room for others.
  http::Priority priority = http::Priority::kInteractive;
};

// Everything wrong with a configuration; fields are named as in BackendConfig and no message
// holds the key. A development key (`dev_*_replace_in_production`) is refused unless base_url is
// on the loopback interface.
std::vector<base::FieldViolation> ValidateConfig(const BackendConfig& config);

}  // namespace aifx::backend

#endif  // AIFX_CLIENT_BACKEND_CONFIG_H_
