#include "client/cli/training_backend.h"

#include <CLI/CLI.hpp>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "client/http/url.h"
#include "core/base/files.h"
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

void AddCacheOptions(CLI::App& command, BackendOptions* options) {
  command
      .add_option("--cache-dir", options->cache_dir,
                  "Folder of candles that were read before; default: aifx/candles in "
                  "$XDG_CACHE_HOME or ~/.cache")
      ->envname("AIFX_CACHE_DIR")
      ->type_name("FOLDER");
  command.add_flag("--no-cache", options->no_cache, "Read every candle from the backend");
}

market::CandleHistory& TrainingBackend::candles() {
  if (cache_ != nullptr) return *cache_;
  return *client_;
}

void TrainingBackend::OpenCache(const BackendOptions& options, Console& console) {
  const std::string folder = options.cache_dir.empty()
                                 ? cache::DefaultCacheFolder(console.environment)
                                 : options.cache_dir;
  if (options.no_cache || folder.empty()) return;
  cache_ = std::make_unique<cache::CachedCandleSource>(
      cache::CacheOptions{.folder = folder,
                          .backend_url = http::ParseBaseUrl(options.url).value().text},
      *client_, console.clock, logger_);
}

absl::StatusOr<std::unique_ptr<TrainingBackend>> TrainingBackend::Open(
    const BackendOptions& options, Console& console, http::Priority priority) {
  backend::BackendConfig config;
  config.base_url = options.url;
  config.retry = options.retry;
  config.priority = priority;
  AIFX_ASSIGN_OR_RETURN(config.api_key, ReadKey(options, console));
  std::unique_ptr<TrainingBackend> opened(new TrainingBackend(console));
  AIFX_ASSIGN_OR_RETURN(
      opened->http_,
      backend::MakeBackendHttp(config.base_url, {.curl = {.total_timeout = absl::Seconds(30)}},
                               console.clock, opened->logger_));
  AIFX_ASSIGN_OR_RETURN(opened->client_, backend::BackendClient::Create(
                                             std::move(config), opened->http_->Dependencies()));
  opened->OpenCache(options, console);
  return opened;
}

}  // namespace aifx::cli
