#include "server/config/settings.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/base/status_macros.h"
#include "server/config/appliers.h"
#include "server/config/limit_settings.h"
#include "server/config/security_settings.h"
#include "server/config/values.h"

namespace aifx::config {
namespace {

std::string AddressOf(const std::string& host, int port) {
  const bool brackets = host.find(':') != std::string::npos;
  return absl::StrCat(brackets ? "[" : "", host, brackets ? "]" : "", ":", port);
}

absl::Status ApplyListen(const std::string& text, ServerConfig& config) {
  AIFX_ASSIGN_OR_RETURN(auto address, ParseHostPort(text));
  config.listen.host = std::move(address.first);
  config.listen.port = address.second;
  return absl::OkStatus();
}

absl::Status ApplyMetricsListen(const std::string& text, ServerConfig& config) {
  config.metrics.enabled = text != "off";
  if (!config.metrics.enabled) return absl::OkStatus();
  AIFX_ASSIGN_OR_RETURN(auto address, ParseHostPort(text));
  config.metrics.host = std::move(address.first);
  config.metrics.port = address.second;
  return absl::OkStatus();
}

absl::Status ApplyInsecure(const std::string& text, ServerConfig& config) {
  AIFX_ASSIGN_OR_RETURN(config.listen.insecure, ParseBool(text));
  return absl::OkStatus();
}

absl::Status ApplyRemoteAdmin(const std::string& text, ServerConfig& config) {
  AIFX_ASSIGN_OR_RETURN(config.listen.remote_admin, ParseBool(text));
  return absl::OkStatus();
}

absl::Status ApplyModelName(const std::string& text, ServerConfig& config) {
  if (text.size() > 64 ||
      text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789._-") != std::string::npos) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", text, "\" is not a model's name ([a-z0-9._-], at most 64 characters)"));
  }
  config.models.default_name = text;
  return absl::OkStatus();
}

absl::Status ApplyPublicKeyFile(const std::string& text, ServerConfig& config) {
  config.models.public_key_file = text;
  return absl::OkStatus();
}

absl::Status ApplyBackendUrl(const std::string& text, ServerConfig& config) {
  AIFX_ASSIGN_OR_RETURN(config.backend.url, ParseBackendUrl(text));
  return absl::OkStatus();
}

absl::Status ApplyApiKey(const std::string& text, ServerConfig& config) {
  for (const char c : text) {
    if (c < 0x21 || c > 0x7e) {
      return absl::InvalidArgumentError("the key holds a space, control or non-ASCII character");
    }
  }
  config.backend.api_key = text;
  return absl::OkStatus();
}

void AddServer(std::vector<Setting>& all) {
  all.push_back({"--listen", "AIFX_LISTEN", "server.listen", "127.0.0.1:50051",
                 "HOST:PORT to serve gRPC on; port 0 picks a free one", false, false, ApplyListen});
  all.push_back({"--insecure-listen", "AIFX_INSECURE_LISTEN", "server.insecure_listen", "false",
                 "allow a host other than loopback without client certificates", true, false,
                 ApplyInsecure});
  all.push_back({"--remote-admin", "AIFX_REMOTE_ADMIN", "server.remote_admin", "false",
                 "let other machines call the methods for administrators (submissions, models)",
                 true, false, ApplyRemoteAdmin});
  all.push_back({"--drain-grace", "AIFX_DRAIN_GRACE", "server.drain_grace", "1s",
                 "after SIGTERM: time between health NOT_SERVING and refusing calls", false, false,
                 Time([](ServerConfig& c) -> absl::Duration& { return c.listen.drain_grace; },
                      absl::ZeroDuration(), absl::Minutes(10))});
  all.push_back({"--drain-timeout", "AIFX_DRAIN_TIMEOUT", "server.drain_timeout", "30s",
                 "after the grace: time that calls in flight may still take", false, false,
                 Time([](ServerConfig& c) -> absl::Duration& { return c.listen.drain_timeout; },
                      absl::ZeroDuration(), absl::Hours(1))});
}

void AddMetrics(std::vector<Setting>& all) {
  all.push_back(
      {"--metrics-listen", "AIFX_METRICS_LISTEN", "metrics.listen", "127.0.0.1:9464",
       "HOST:PORT of /metrics, /livez and /readyz over HTTP; port 0 picks a free one, off "
       "serves none",
       false, false, ApplyMetricsListen});
}

void AddModels(std::vector<Setting>& all) {
  all.push_back({"--models-dir", "AIFX_MODELS_DIR", "models.dir", "models",
                 "folder of the model store; it need not exist yet", false, false,
                 Folder([](ServerConfig& c) -> std::string& { return c.models.dir; })});
  all.push_back({"--model", "AIFX_MODEL", "models.default", "",
                 "model for requests that name none; empty: the one trained for the request's pair "
                 "and timeframe",
                 false, false, ApplyModelName});
  all.push_back({"--models-refresh", "AIFX_MODELS_REFRESH", "models.refresh", "2s",
                 "how often the store is looked at for new versions", false, false,
                 Time([](ServerConfig& c) -> absl::Duration& { return c.models.refresh_interval; },
                      absl::Milliseconds(10), absl::Hours(1))});
  all.push_back(
      {"--models-max-loaded", "AIFX_MODELS_MAX_LOADED", "models.max_loaded", "4",
       "versions that may be kept loaded by command beside those that serve", false, false,
       Integer<int>([](ServerConfig& c) -> int& { return c.models.max_loaded; }, 0, 1000)});
  all.push_back({"--models-public-key-file", "AIFX_MODELS_PUBLIC_KEY_FILE",
                 "models.public_key_file", "",
                 "PEM file of an ed25519 public key: only versions that it signed are loaded",
                 false, false, ApplyPublicKeyFile});
}

void AddPredict(std::vector<Setting>& all) {
  all.push_back(
      {"--stale-candles", "AIFX_STALE_CANDLES", "predict.stale_candles", "hold",
       "answer to candles that are too old: hold, or warn (for back-dated samples)", false, false,
       Word<StaleCandles>([](ServerConfig& c) -> StaleCandles& { return c.predict.stale_candles; },
                          {{"hold", StaleCandles::kHold}, {"warn", StaleCandles::kWarn}})});
  all.push_back(
      {"--stale-after-bars", "AIFX_STALE_AFTER_BARS", "predict.stale_after_bars", "3",
       "candles of trading time after which the newest one is stale", false, false,
       Integer<int>([](ServerConfig& c) -> int& { return c.predict.stale_after_bars; }, 1, 10000)});
  all.push_back(
      {"--model-expires-after", "AIFX_MODEL_EXPIRES_AFTER", "predict.model_expires_after", "0s",
       "answer HOLD when the model's newest training candle is older than this; 0: never", false,
       false,
       Time([](ServerConfig& c) -> absl::Duration& { return c.predict.model_expires_after; },
            absl::ZeroDuration(), absl::Hours(24 * 3650))});
  all.push_back(
      {"--executors", "AIFX_EXECUTORS", "predict.executors", "0",
       "inference threads; 0: as many as the cores that the process may use", false, false,
       Integer<int>([](ServerConfig& c) -> int& { return c.predict.executors; }, 0, 1024)});
  all.push_back(
      {"--queue-limit", "AIFX_QUEUE_LIMIT", "predict.queue_limit", "1024",
       "predictions that may wait for a thread before callers are refused", false, false,
       Integer<int>([](ServerConfig& c) -> int& { return c.predict.queue_limit; }, 1, 1000000)});
  all.push_back(
      {"--batch-rows", "AIFX_BATCH_ROWS", "predict.batch_rows", "16",
       "predictions that one forward pass may hold", false, false,
       Integer<int>([](ServerConfig& c) -> int& { return c.predict.batch_rows; }, 1, 64)});
  all.push_back({"--cache-entries", "AIFX_CACHE_ENTRIES", "predict.cache_entries", "4096",
                 "model outputs that are kept; 0: every call reads candles and computes for itself",
                 false, false,
                 Integer<int>([](ServerConfig& c) -> int& { return c.predict.cache_entries; }, 0,
                              10'000'000)});
  all.push_back(
      {"--lstm-precision", "AIFX_LSTM_PRECISION", "predict.lstm_precision", "manifest",
       "numbers that the LSTM kernel multiplies: f32, bf16, int8, or manifest: as each model says; "
       "bf16 and int8 need the accuracy check that training records",
       false, false,
       Word<LstmPrecision>(
           [](ServerConfig& c) -> LstmPrecision& { return c.predict.lstm_precision; },
           {{"manifest", LstmPrecision::kManifest},
            {"f32", LstmPrecision::kF32},
            {"bf16", LstmPrecision::kBf16},
            {"int8", LstmPrecision::kInt8}})});
}

void AddBackend(std::vector<Setting>& all) {
  all.push_back({"--backend-url", "BACKEND_API_URL", "backend.url", "http://localhost:3000",
                 "the Node backend, before /api/v1/ml", false, false, ApplyBackendUrl});
  all.push_back({"", "ML_ENGINE_API_KEY", "", "", "key for the backend; never printed", false, true,
                 ApplyApiKey});
  // Read and applied by ParseServerConfig, because the file has to be opened.
  all.push_back({"--api-key-file", "ML_ENGINE_API_KEY_FILE", "backend.api_key_file", "",
                 "file that holds the key instead", false, false, nullptr});
  all.push_back({"--backend-threads", "AIFX_BACKEND_THREADS", "backend.threads", "8",
                 "calls to the backend at once", false, false,
                 Integer<int>([](ServerConfig& c) -> int& { return c.backend.threads; }, 1, 256)});
  all.push_back(
      {"--backend-queue-limit", "AIFX_BACKEND_QUEUE_LIMIT", "backend.queue_limit", "256",
       "calls that may wait for the backend before callers are refused", false, false,
       Integer<int>([](ServerConfig& c) -> int& { return c.backend.queue_limit; }, 1, 1000000)});
}

void AddOutbox(std::vector<Setting>& all) {
  all.push_back({"--outbox-dir", "AIFX_OUTBOX_DIR", "outbox.dir", "outbox",
                 "folder that keeps submissions until the backend has them; one server a folder",
                 false, false,
                 Folder([](ServerConfig& c) -> std::string& { return c.outbox.dir; })});
  all.push_back({"--outbox-max-rows", "AIFX_OUTBOX_MAX_ROWS", "outbox.max_rows", "100000",
                 "submissions that it may hold before callers are refused", false, false,
                 Integer<int64_t>([](ServerConfig& c) -> int64_t& { return c.outbox.max_rows; }, 1,
                                  1'000'000'000)});
  all.push_back({"--outbox-max-bytes", "AIFX_OUTBOX_MAX_BYTES", "outbox.max_bytes", "268435456",
                 "bytes of submissions that it may hold before callers are refused", false, false,
                 Integer<int64_t>([](ServerConfig& c) -> int64_t& { return c.outbox.max_bytes; },
                                  1 << 20, int64_t{1} << 40)});
  all.push_back(
      {"--outbox-stop-grace", "AIFX_OUTBOX_STOP_GRACE", "outbox.stop_grace", "5s",
       "at the end: time for submissions in flight; the rest is sent after the next start", false,
       false,
       Time([](ServerConfig& c) -> absl::Duration& { return c.outbox.stop_grace; },
            absl::ZeroDuration(), absl::Minutes(10))});
}

void AddJournal(std::vector<Setting>& all) {
  all.push_back({"--journal-dir", "AIFX_JOURNAL_DIR", "journal.dir", "",
                 "folder that records predictions for `aifx replay`; empty: journal in the "
                 "outbox's folder, off: none",
                 false, false, [](const std::string& text, ServerConfig& config) {
                   config.journal.dir = text;
                   return absl::OkStatus();
                 }});
  all.push_back({"--journal-max-bytes", "AIFX_JOURNAL_MAX_BYTES", "journal.max_bytes", "268435456",
                 "bytes that it may hold; the oldest predictions make room", false, false,
                 Integer<int64_t>([](ServerConfig& c) -> int64_t& { return c.journal.max_bytes; },
                                  1 << 20, int64_t{1} << 40)});
  all.push_back(
      {"--journal-max-per-second", "AIFX_JOURNAL_MAX_PER_SECOND", "journal.max_per_second", "200",
       "predictions of a second that it records though nobody submits them", false, false,
       Integer<int64_t>([](ServerConfig& c) -> int64_t& { return c.journal.max_per_second; }, 0,
                        1'000'000)});
}

void AddEvents(std::vector<Setting>& all) {
  all.push_back({"", "REDIS_URL", "events.redis_url", "",
                 "redis://[USER:PASSWORD@]HOST:PORT[/DB] that announces new candles; empty: the "
                 "backend is polled",
                 false, true, [](const std::string& text, ServerConfig& config) {
                   config.events.redis_url = text;
                   return absl::OkStatus();
                 }});
  all.push_back({"--poll-lag", "AIFX_POLL_LAG", "events.poll_lag", "2s",
                 "without Redis: from a candle's close to the first look for it", false, false,
                 Time([](ServerConfig& c) -> absl::Duration& { return c.events.poll_lag; },
                      absl::ZeroDuration(), absl::Minutes(10))});
}

void AddLog(std::vector<Setting>& all) {
  all.push_back(
      {"--log-level", "AIFX_LOG_LEVEL", "log.level", "info", "debug, info, warning or error", false,
       false,
       Word<base::LogLevel>([](ServerConfig& c) -> base::LogLevel& { return c.log.level; },
                            {{"debug", base::LogLevel::kDebug},
                             {"info", base::LogLevel::kInfo},
                             {"warning", base::LogLevel::kWarning},
                             {"error", base::LogLevel::kError}})});
  all.push_back(
      {"--log-format", "AIFX_LOG_FORMAT", "log.format", "auto",
       "json, text, or auto: text on a terminal", false, false,
       Word<LogFormat>(
           [](ServerConfig& c) -> LogFormat& { return c.log.format; },
           {{"auto", LogFormat::kAuto}, {"json", LogFormat::kJson}, {"text", LogFormat::kText}})});
}

}  // namespace

std::string ListenConfig::Address() const { return AddressOf(host, port); }
std::string MetricsConfig::Address() const { return AddressOf(host, port); }

std::string Setting::Names() const {
  std::vector<std::string> names;
  for (const std::string& name : {flag, env, key}) {
    if (!name.empty()) names.push_back(name);
  }
  return absl::StrJoin(names, " / ");
}

const std::vector<Setting>& AllSettings() {
  static const auto* const all = [] {
    auto* settings = new std::vector<Setting>;
    AddServer(*settings);
    AddSecurity(*settings);
    AddMetrics(*settings);
    AddModels(*settings);
    AddPredict(*settings);
    AddBackend(*settings);
    AddOutbox(*settings);
    AddJournal(*settings);
    AddEvents(*settings);
    AddLimits(*settings);
    AddLog(*settings);
    return settings;
  }();
  return *all;
}

}  // namespace aifx::config
