#include "server/config/settings.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/base/status_macros.h"
#include "server/config/values.h"

namespace aifx::config {
namespace {

using Apply = std::function<absl::Status(const std::string&, ServerConfig&)>;

// Where a setting's value lies in the config: `[](ServerConfig& c) -> T& { return c.x.y; }`.
template <typename T>
using Place = T& (*)(ServerConfig&);

template <typename T>
Apply Integer(Place<T> place, int64_t low, int64_t high) {
  return [=](const std::string& text, ServerConfig& config) -> absl::Status {
    AIFX_ASSIGN_OR_RETURN(const int64_t value, ParseInteger(text, low, high));
    place(config) = static_cast<T>(value);
    return absl::OkStatus();
  };
}

Apply Time(Place<absl::Duration> place, absl::Duration low, absl::Duration high) {
  return [=](const std::string& text, ServerConfig& config) -> absl::Status {
    AIFX_ASSIGN_OR_RETURN(place(config), ParseDuration(text, low, high));
    return absl::OkStatus();
  };
}

template <typename T>
Apply Word(Place<T> place, std::vector<std::pair<std::string, T>> words) {
  return [=](const std::string& text, ServerConfig& config) -> absl::Status {
    for (const auto& [word, value] : words) {
      if (word != text) continue;
      place(config) = value;
      return absl::OkStatus();
    }
    const auto name = [](std::string* out, const auto& word) { out->append(word.first); };
    return absl::InvalidArgumentError(
        absl::StrCat("\"", text, "\" is none of ", absl::StrJoin(words, ", ", name)));
  };
}

absl::Status ApplyListen(const std::string& text, ServerConfig& config) {
  AIFX_ASSIGN_OR_RETURN(auto address, ParseHostPort(text));
  config.listen.host = std::move(address.first);
  config.listen.port = address.second;
  return absl::OkStatus();
}

absl::Status ApplyInsecure(const std::string& text, ServerConfig& config) {
  AIFX_ASSIGN_OR_RETURN(config.listen.insecure, ParseBool(text));
  return absl::OkStatus();
}

absl::Status ApplyModelsDir(const std::string& text, ServerConfig& config) {
  if (text.empty()) return absl::InvalidArgumentError("the folder's name is empty");
  config.models.dir = text;
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
                 "allow a host other than loopback, without TLS", true, false, ApplyInsecure});
  all.push_back({"--drain-grace", "AIFX_DRAIN_GRACE", "server.drain_grace", "1s",
                 "after SIGTERM: time between health NOT_SERVING and refusing calls", false, false,
                 Time([](ServerConfig& c) -> absl::Duration& { return c.listen.drain_grace; },
                      absl::ZeroDuration(), absl::Minutes(10))});
  all.push_back({"--drain-timeout", "AIFX_DRAIN_TIMEOUT", "server.drain_timeout", "30s",
                 "after the grace: time that calls in flight may still take", false, false,
                 Time([](ServerConfig& c) -> absl::Duration& { return c.listen.drain_timeout; },
                      absl::ZeroDuration(), absl::Hours(1))});
}

void AddModels(std::vector<Setting>& all) {
  all.push_back({"--models-dir", "AIFX_MODELS_DIR", "models.dir", "models",
                 "folder of the model store; it need not exist yet", false, false, ApplyModelsDir});
  all.push_back({"--model", "AIFX_MODEL", "models.default", "",
                 "model for requests that name none; empty: the one trained for the request's pair "
                 "and timeframe, else the only one",
                 false, false, ApplyModelName});
  all.push_back({"--models-refresh", "AIFX_MODELS_REFRESH", "models.refresh", "2s",
                 "how often the store is looked at for new versions", false, false,
                 Time([](ServerConfig& c) -> absl::Duration& { return c.models.refresh_interval; },
                      absl::Milliseconds(10), absl::Hours(1))});
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
      {"--executors", "AIFX_EXECUTORS", "predict.executors", "0",
       "inference threads; 0: as many as the cores that the process may use", false, false,
       Integer<int>([](ServerConfig& c) -> int& { return c.predict.executors; }, 0, 1024)});
  all.push_back(
      {"--queue-limit", "AIFX_QUEUE_LIMIT", "predict.queue_limit", "256",
       "predictions that may wait for a thread before callers are refused", false, false,
       Integer<int>([](ServerConfig& c) -> int& { return c.predict.queue_limit; }, 1, 1000000)});
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

void AddLimit(std::vector<Setting>& all, const std::string& name, const std::string& default_text,
              const std::string& help, Apply apply) {
  std::string flag = absl::StrCat("--", name), env = absl::StrCat("AIFX_", name);
  std::string key = absl::StrCat("limits.", name);
  for (char& c : flag) c = c == '_' ? '-' : c;
  for (char& c : env) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  all.push_back({flag, env, key, default_text, help, false, false, std::move(apply)});
}

void AddLimits(std::vector<Setting>& all) {
  const auto second = absl::Seconds(1), day = absl::Hours(24);
  const int64_t mib = 1 << 20;
  AddLimit(all, "max_deadline", "30s",
           "longest a call may take, and what one without a deadline gets",
           Time([](ServerConfig& c) -> absl::Duration& { return c.limits.max_deadline; },
                absl::Milliseconds(1), absl::Hours(1)));
  AddLimit(all, "receive_bytes", "4194304", "largest request",
           Integer<int64_t>([](ServerConfig& c) -> int64_t& { return c.limits.receive_bytes; },
                            1024, 256 * mib));
  AddLimit(
      all, "batch_receive_bytes", "16777216", "largest BatchPredict request",
      Integer<int64_t>([](ServerConfig& c) -> int64_t& { return c.limits.batch_receive_bytes; },
                       1024, 256 * mib));
  AddLimit(all, "metadata_bytes", "8192", "largest metadata of a request",
           Integer<int64_t>([](ServerConfig& c) -> int64_t& { return c.limits.metadata_bytes; },
                            1024, mib));
  AddLimit(all, "streams_per_connection", "128", "calls at once on one connection",
           Integer<int>([](ServerConfig& c) -> int& { return c.limits.streams_per_connection; }, 1,
                        100000));
  AddLimit(all, "handshake_timeout", "5s", "time for a connection's handshake",
           Time([](ServerConfig& c) -> absl::Duration& { return c.limits.handshake_timeout; },
                absl::Milliseconds(100), absl::Minutes(5)));
  AddLimit(all, "connection_idle", "5m", "an idle connection is closed after",
           Time([](ServerConfig& c) -> absl::Duration& { return c.limits.connection_idle; }, second,
                day));
  AddLimit(all, "connection_age", "30m", "a connection is renewed after",
           Time([](ServerConfig& c) -> absl::Duration& { return c.limits.connection_age; }, second,
                day));
  AddLimit(all, "connection_age_grace", "30s", "its calls may go on for",
           Time([](ServerConfig& c) -> absl::Duration& { return c.limits.connection_age_grace; },
                absl::ZeroDuration(), day));
  AddLimit(all, "keepalive_time", "60s", "a silent connection is pinged after",
           Time([](ServerConfig& c) -> absl::Duration& { return c.limits.keepalive_time; }, second,
                day));
  AddLimit(all, "keepalive_timeout", "10s", "and closed without an answer after",
           Time([](ServerConfig& c) -> absl::Duration& { return c.limits.keepalive_timeout; },
                second, absl::Hours(1)));
  AddLimit(all, "min_ping_interval", "10s", "callers that ping more often are cut off",
           Time([](ServerConfig& c) -> absl::Duration& { return c.limits.min_ping_interval; },
                absl::Milliseconds(100), absl::Hours(1)));
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

std::string ListenConfig::Address() const {
  const bool brackets = host.find(':') != std::string::npos;
  return absl::StrCat(brackets ? "[" : "", host, brackets ? "]" : "", ":", port);
}

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
    AddModels(*settings);
    AddPredict(*settings);
    AddBackend(*settings);
    AddLimits(*settings);
    AddLog(*settings);
    return settings;
  }();
  return *all;
}

}  // namespace aifx::config
