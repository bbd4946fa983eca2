#ifndef AIFX_CLIENT_CLI_TRAINING_BACKEND_H_
#define AIFX_CLIENT_CLI_TRAINING_BACKEND_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "client/backend/backend_client.h"
#include "client/cli/console.h"
#include "client/http/curl_client.h"

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
};

// Adds --backend-url, --url (BACKEND_API_URL) and --api-key-file, --key-file
// (ML_ENGINE_API_KEY_FILE).
void AddBackendOptions(CLI::App& command, BackendOptions* options);

// The backend with all that it needs, for one command.
class TrainingBackend {
 public:
  // The key is that of the options, else of a file named on the command line, else of
  // ML_ENGINE_API_KEY, else of the file that the environment names. InvalidArgument for a
  // configuration that is wrong; does not contact the backend.
  static absl::StatusOr<std::unique_ptr<TrainingBackend>> Open(const BackendOptions& options,
                                                               Console& console);

  backend::BackendClient& client() { return *client_; }

 private:
  explicit TrainingBackend(base::Clock& clock);

  http::CurlClient http_;
  std::unique_ptr<backend::BackendClient> client_;
};

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_TRAINING_BACKEND_H_
