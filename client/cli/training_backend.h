#ifndef AIFX_CLIENT_CLI_TRAINING_BACKEND_H_
#define AIFX_CLIENT_CLI_TRAINING_BACKEND_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "client/backend/backend_client.h"
#include "client/backend/backend_http.h"
#include "client/cache/cached_candle_source.h"
#include "client/cli/console.h"
#include "client/cli/console_logger.h"
#include "client/http/http_client.h"

namespace CLI {
class App;
}

namespace aifx::cli {

// Where the jobs read candles and register what they made.
struct BackendOptions {
  std::string url = "http://localhost:3000";
  std::string key_file;     // empty: the key is in the environment
  std::string key;          // goes before both; a secret
  http::RetryPolicy retry;  // of idempotent calls
  std::string cache_dir;    // of candles; empty: by the environment
  bool no_cache = false;
};

// Adds --backend-url, --url (BACKEND_API_URL) and --api-key-file, --key-file
// (ML_ENGINE_API_KEY_FILE).
void AddBackendOptions(CLI::App& command, BackendOptions* options);

// Adds --cache-dir (AIFX_CACHE_DIR) and --no-cache, for commands that read histories.
void AddCacheOptions(CLI::App& command, BackendOptions* options);

// The backend with all that it needs, for one command.
class TrainingBackend {
 public:
  // The key is that of the options, else of a file named on the command line, else of
  // ML_ENGINE_API_KEY, else of the file that the environment names. InvalidArgument for a
  // configuration that is wrong; does not contact the backend. A job is kBackground: under a rate
  // limit it leaves room for others and waits, up to an hour, rather than fail. Warnings go to
  // console.err.
  static absl::StatusOr<std::unique_ptr<TrainingBackend>> Open(
      const BackendOptions& options, Console& console,
      http::Priority priority = http::Priority::kInteractive);

  backend::BackendClient& client() { return *client_; }
  // The backend's candles, through the cache unless the options say otherwise.
  market::CandleHistory& candles();

 private:
  explicit TrainingBackend(Console& console) : logger_(console) {}
  void OpenCache(const BackendOptions& options, Console& console);

  ConsoleLogger logger_;
  std::unique_ptr<backend::BackendHttp> http_;
  std::unique_ptr<backend::BackendClient> client_;
  std::unique_ptr<cache::CachedCandleSource> cache_;  // null: without
};

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_TRAINING_BACKEND_H_
