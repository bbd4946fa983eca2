#ifndef AIFX_SERVER_APP_CONFIG_RELOADER_H_
#define AIFX_SERVER_APP_CONFIG_RELOADER_H_

#include "core/base/clock.h"
#include "core/base/metric_sink.h"
#include "core/base/metrics.h"
#include "server/app/server_app.h"
#include "server/config/parse.h"
#include "server/ops/logger.h"

namespace aifx::app {

// Reads the configuration again where its sources are, and hands on what may change while the
// server runs. Reload is called by one thread at a time; Collect is thread-safe.
class ConfigReloader {
 public:
  // `running` is what the server was started with. The references outlive the object.
  ConfigReloader(config::ConfigSources sources, config::ParsedConfig running, ServerApp& app,
                 ops::ServerLogger& logger);

  // All or nothing: with an error anywhere, every error is logged and nothing changes. What changed
  // but needs a restart is named in a warning.
  void Reload();

  // aifx_config_reloads_total and aifx_config_last_reload_ok.
  void Collect(base::MetricSink& sink) const;

 private:
  const config::ConfigSources sources_;
  config::ParsedConfig running_;
  ServerApp& app_;
  ops::ServerLogger& logger_;
  base::Counter succeeded_, failed_;
  std::atomic<bool> last_ok_{true};
};

}  // namespace aifx::app

#endif  // AIFX_SERVER_APP_CONFIG_RELOADER_H_
