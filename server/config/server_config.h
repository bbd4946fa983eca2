#ifndef AIFX_SERVER_CONFIG_SERVER_CONFIG_H_
#define AIFX_SERVER_CONFIG_SERVER_CONFIG_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "core/base/log.h"

// What the server is told at its start, by section. Values are checked by ParseServerConfig; names
// of flags, variables and keys, and the defaults in words, are in settings.cc.
namespace aifx::config {

struct ListenConfig {
  std::string host = "127.0.0.1";  // without brackets
  int port = 50051;                // 0: a free one
  // Whether a host that is not loopback may be served without client certificates.
  bool insecure = false;
  // Whether methods for administrators (over submissions, models and kill switches) may be
  // called from another machine; with tokens the scope admin decides instead.
  bool remote_admin = false;
  // After SIGTERM: how long health says NOT_SERVING before calls are refused, and how long calls
  // in flight may take after that.
  absl::Duration drain_grace = absl::Seconds(1);
  absl::Duration drain_timeout = absl::Seconds(30);

  std::string Address() const;  // `host:port`, with brackets around an IPv6 host
  bool operator==(const ListenConfig&) const = default;
};

// Where /metrics, /livez and /readyz are served over HTTP.
struct MetricsConfig {
  bool enabled = true;
  std::string host = "127.0.0.1";  // without brackets
  int port = 9464;                 // 0: a free one

  std::string Address() const;
  bool operator==(const MetricsConfig&) const = default;
};

// Files in PEM; both of certificate and key or neither. Empty: plaintext.
struct TlsConfig {
  std::string certificate;
  std::string key;
  std::string client_ca;  // callers must show a certificate of one of these authorities
  absl::Duration reload_interval = absl::Seconds(3);

  bool Enabled() const { return !certificate.empty(); }
  bool AsksForCertificates() const { return !client_ca.empty(); }
  bool operator==(const TlsConfig&) const = default;
};

// Who may call (docs/security.md).
struct AuthConfig {
  std::string tokens_file;  // empty: no tokens are asked for
  bool operator==(const AuthConfig&) const = default;
};

struct ModelsConfig {
  std::string dir = "models";
  std::string default_name;  // empty: the model of the request's pair and timeframe
  absl::Duration refresh_interval = absl::Seconds(2);
  int max_loaded = 4;           // versions that LoadModel may keep
  std::string public_key_file;  // whose signature versions must bear; empty: none is needed
  bool operator==(const ModelsConfig&) const = default;
};

enum class StaleCandles { kHold, kWarn };

// What the direct LSTM kernel multiplies: as the model's manifest says, or one for all.
enum class LstmPrecision { kManifest, kF32, kBf16, kInt8 };

struct PredictConfig {
  StaleCandles stale_candles = StaleCandles::kHold;
  int stale_after_bars = 3;
  absl::Duration model_expires_after;  // since the newest training candle; 0: never
  int executors = 0;                   // inference threads; 0: the cores that the process may use
  int queue_limit = 1024;              // predictions that may wait in a lane
  int batch_rows = 16;                 // most predictions of one forward pass
  int cache_entries = 4096;            // model outputs that are kept; 0: nothing is kept or shared
  LstmPrecision lstm_precision = LstmPrecision::kManifest;
  bool operator==(const PredictConfig&) const = default;
};

struct BackendConfig {
  std::string url = "http://localhost:3000";  // without a trailing slash
  std::string api_key;                        // secret: never printed
  int threads = 8;                            // calls to the backend at once
  int queue_limit = 256;
  bool operator==(const BackendConfig&) const = default;
};

// How new candles are learned of, for WatchPredictions.
struct EventsConfig {
  std::string redis_url;  // may hold a password: never printed; empty: the backend is polled
  // Polling: from a candle's close to the first look for it.
  absl::Duration poll_lag = absl::Seconds(2);
  bool operator==(const EventsConfig&) const = default;
};

// Where submissions wait for the backend (docs/outbox.md).
struct OutboxConfig {
  std::string dir = "outbox";  // one server a folder
  // What it may hold beside what the backend has.
  int64_t max_rows = 100'000;
  int64_t max_bytes = int64_t{256} << 20;
  // How long submissions in flight may take at the end of the server.
  absl::Duration stop_grace = absl::Seconds(5);
  bool operator==(const OutboxConfig&) const = default;
};

// Where predictions are recorded for `aifx replay`.
struct JournalConfig {
  std::string dir;  // empty: `journal` in the outbox's folder; "off": nothing is recorded
  int64_t max_bytes = int64_t{256} << 20;
  int64_t max_per_second = 200;  // of predictions that nobody submits

  bool Enabled() const { return dir != "off"; }
  bool operator==(const JournalConfig&) const = default;
};

// Bounds of what a caller may cost.
struct LimitsConfig {
  absl::Duration max_deadline = absl::Seconds(30);
  int64_t receive_bytes = 4 << 20;
  int64_t batch_receive_bytes = 16 << 20;  // BatchPredict
  int64_t metadata_bytes = 8 << 10;
  int streams_per_connection = 128;
  int max_connections = 1024;
  absl::Duration handshake_timeout = absl::Seconds(5);
  absl::Duration connection_idle = absl::Minutes(5);
  absl::Duration connection_age = absl::Minutes(30);
  absl::Duration connection_age_grace = absl::Seconds(30);
  absl::Duration keepalive_time = absl::Seconds(60);
  absl::Duration keepalive_timeout = absl::Seconds(10);
  absl::Duration min_ping_interval = absl::Seconds(10);
  bool operator==(const LimitsConfig&) const = default;
};

enum class LogFormat { kAuto, kJson, kText };  // auto: text on a terminal, else JSON

struct LogConfig {
  base::LogLevel level = base::LogLevel::kInfo;
  LogFormat format = LogFormat::kAuto;
  bool operator==(const LogConfig&) const = default;
};

struct ServerConfig {
  ListenConfig listen;
  TlsConfig tls;
  AuthConfig auth;
  MetricsConfig metrics;
  ModelsConfig models;
  PredictConfig predict;
  BackendConfig backend;
  OutboxConfig outbox;
  JournalConfig journal;
  EventsConfig events;
  LimitsConfig limits;
  LogConfig log;
  bool operator==(const ServerConfig&) const = default;
};

}  // namespace aifx::config

#endif  // AIFX_SERVER_CONFIG_SERVER_CONFIG_H_
