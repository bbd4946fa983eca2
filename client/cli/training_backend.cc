#include "client/cli/training_backend.h"

#include <CLI/CLI.hpp>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/base/files.h"
#include "core/base/log.h"
#include "core/base/status_macros.h"

namespace aifx::cli {
namespace {

constexpr size_t kMaxKeyBytes = 4096;

absl::StatusOr<std::string> ReadKey(const BackendOptions& options, const Console& console) {
  if (!options.key.empty()) return options.key;
  const bool file_is_asked_for = options.key_file != console.environment("ML_ENGINE_API_KEY_FILE");
  std::string key = console.environment("ML_ENGINE_API_KEY");
  if (options.key_file.empty() || (!key.empty() && !file_is_asked_for)) return key;
  AIFX_ASSIGN_OR_RETURN(key, base::ReadFile(options.key_file, kMaxKeyBytes));
  absl::StripAsciiWhitespace(&key);
  if (key.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--api-key-file ", options.key_file, " is empty"));
  }
  return key;
}

}  // namespace

void AddBackendOptions(CLI::App& command, BackendOptions* options) {
  command.add_option("--backend-url,--url", options->url, "The Node backend, before /api/v1/ml")
      ->envname("BACKEND_API_URL")
      ->type_name("URL")
      ->capture_default_str();
  command
      .add_option("--api-key-file,--key-file", options->key_file,
                  "File that holds the backend's key; default: ML_ENGINE_API_KEY")
      ->envname("ML_ENGINE_API_KEY_FILE")
      ->type_name("FILE");
}

TrainingBackend::TrainingBackend(base::Clock& clock)
    : http_(http::CurlOptions{.total_timeout = absl::Seconds(30)}, clock) {}

absl::StatusOr<std::unique_ptr<TrainingBackend>> TrainingBackend::Open(
    const BackendOptions& options, Console& console) {
  backend::BackendConfig config;
  config.base_url = options.url;
  config.retry = options.retry;
  AIFX_ASSIGN_OR_RETURN(config.api_key, ReadKey(options, console));
  std::unique_ptr<TrainingBackend> opened(new TrainingBackend(console.clock));
  AIFX_ASSIGN_OR_RETURN(
      opened->client_,
      backend::BackendClient::Create(std::move(config), {.http = opened->http_,
                                                         .clock = console.clock,
                                                         .logger = base::NullLogger(),
                                                         .uniform = http::SystemUniform()}));
  return opened;
}

}  // namespace aifx::cli
