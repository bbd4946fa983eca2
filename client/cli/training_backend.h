#ifndef AIFX_CLIENT_CLI_TRAINING_BACKEND_H_
#define AIFX_CLIENT_CLI_TRAINING_BACKEND_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "client/backend/backend_client.h"
#include "client/cache/cached_candle_source.h"
#include "client/cli/console.h"
#include "client/cli/console_logger.h"
#include "client/http/curl_client.h"

namespace CLI {
class App;
}

namespace aifx::cli {

// Where the jobs read candles and register what they made.
struct BackendOptions {
  std::string url = "http://localhost:3000";
  std::string key_file;   // empty: the key is in the environment
  std::string cache_dir;  // of candles; empty: by the environment
  bool no_cache = false;
};

// Adds --backend-url (BACKEND_API_URL) and --api-key-file (ML_ENGINE_API_KEY_FILE).
void AddBackendOptions(CLI::App& command, BackendOptions* options);

// Adds --cache-dir (AIFX_CACHE_DIR) and --no-cache, for commands that read histories.
void AddCacheOptions(CLI::App& command, BackendOptions* options);

// The backend with all that it needs, for one command.
class TrainingBackend {
 public:
  // The key comes from ML_ENGINE_API_KEY, else from the file. InvalidArgument for a configuration
  // that is wrong; does not contact the backend.
  static absl::StatusOr<std::unique_ptr<TrainingBackend>> Open(const BackendOptions& options,
                                                               Console& console);

  backend::BackendClient& client() { return *client_; }
  // The backend's candles, through the cache unless the options say otherwise.
  market::CandleHistory& candles();

 private:
  explicit TrainingBackend(Console& console);
  void OpenCache(const BackendOptions& options, Console& console);

  ConsoleLogger logger_;
  http::CurlClient http_;
  std::unique_ptr<backend::BackendClient> client_;
  std::unique_ptr<cache::CachedCandleSource> cache_;  // null: without
};

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_TRAINING_BACKEND_H_
