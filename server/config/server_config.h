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
  bool insecure = false;           // whether a host that is not loopback may be served in plaintext
  // Whether methods for administrators (RequeueSubmission, PurgeSubmissions) may be called from
  // another machine.
  bool remote_admin = false;
  // After SIGTERM: how long health says NOT_SERVING before calls are refused, and how long calls
  // in flight may take after that.
  absl::Duration drain_grace = absl::Seconds(1);
  absl::Duration drain_timeout = absl::Seconds(30);

  std::string Address() const;  // `host:port`, with brackets around an IPv6 host
};

struct ModelsConfig {
  std::string dir = "models";
  std::string default_name;  // empty: the model of the request's pair and timeframe
  absl::Duration refresh_interval = absl::Seconds(2);
};

enum class StaleCandles { kHold, kWarn };

// What the direct LSTM kernel multiplies: as the model's manifest says, or one for all.
enum class LstmPrecision { kManifest, kF32, kBf16, kInt8 };

struct PredictConfig {
  StaleCandles stale_candles = StaleCandles::kHold;
  int stale_after_bars = 3;
  int executors = 0;  // inference threads; 0: the cores that the process may use
  int queue_limit = 256;
  LstmPrecision lstm_precision = LstmPrecision::kManifest;
};

struct BackendConfig {
  std::string url = "http://localhost:3000";  // without a trailing slash
  std::string api_key;                        // secret: never printed
  int threads = 8;                            // calls to the backend at once
  int queue_limit = 256;
};

// Where submissions wait for the backend (docs/outbox.md).
struct OutboxConfig {
  std::string dir = "outbox";  // one server a folder
  // What it may hold beside what the backend has.
  int64_t max_rows = 100'000;
  int64_t max_bytes = int64_t{256} << 20;
  // How long submissions in flight may take at the end of the server.
  absl::Duration stop_grace = absl::Seconds(5);
};

// Bounds of what a caller may cost.
struct LimitsConfig {
  absl::Duration max_deadline = absl::Seconds(30);
  int64_t receive_bytes = 4 << 20;
  int64_t batch_receive_bytes = 16 << 20;  // BatchPredict
  int64_t metadata_bytes = 8 << 10;
  int streams_per_connection = 128;
  absl::Duration handshake_timeout = absl::Seconds(5);
  absl::Duration connection_idle = absl::Minutes(5);
  absl::Duration connection_age = absl::Minutes(30);
  absl::Duration connection_age_grace = absl::Seconds(30);
  absl::Duration keepalive_time = absl::Seconds(60);
  absl::Duration keepalive_timeout = absl::Seconds(10);
  absl::Duration min_ping_interval = absl::Seconds(10);
};

enum class LogFormat { kAuto, kJson, kText };  // auto: text on a terminal, else JSON

struct LogConfig {
  base::LogLevel level = base::LogLevel::kInfo;
  LogFormat format = LogFormat::kAuto;
};

struct ServerConfig {
  ListenConfig listen;
  ModelsConfig models;
  PredictConfig predict;
  BackendConfig backend;
  OutboxConfig outbox;
  LimitsConfig limits;
  LogConfig log;
};

}  // namespace aifx::config

#endif  // AIFX_SERVER_CONFIG_SERVER_CONFIG_H_
