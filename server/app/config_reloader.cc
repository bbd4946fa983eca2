#include "server/app/config_reloader.h"

#include <utility>

#include "core/base/violation.h"
#include "server/config/reload.h"

namespace aifx::app {

ConfigReloader::ConfigReloader(config::ConfigSources sources, config::ParsedConfig running,
                               ServerApp& app, ops::ServerLogger& logger)
    : sources_(std::move(sources)), running_(std::move(running)), app_(app), logger_(logger) {}

void ConfigReloader::Reload() {
  const auto loaded = config::ParseServerConfig(sources_, "");
  last_ok_.store(loaded.ok());
  if (!loaded.ok()) {
    failed_.Add();
    for (const base::FieldViolation& violation : base::ViolationsOf(loaded.status())) {
      logger_.Error("the configuration has an error: nothing is changed",
                    {{"setting", violation.field}, {"error", violation.description}});
    }
    return;
  }
  succeeded_.Add();
  config::ReloadPlan plan = config::PlanReload(running_, *loaded);
  for (const std::string& change : plan.needs_restart) {
    logger_.Warning("a setting has changed but needs a restart", {{"setting", change}});
  }
  running_ = std::move(plan.next);
  app_.Reconfigure(running_.config);
  // First more lines, then the news, or the news first: whichever lets it be seen.
  const auto tell = [&] {
    for (const std::string& change : plan.applied) {
      logger_.Info("a setting has changed", {{"setting", change}});
    }
    logger_.Info("the configuration was read again");
  };
  const bool quieter = running_.config.log.level > base::LogLevel::kInfo;
  if (quieter) tell();
  logger_.SetMinimum(running_.config.log.level);
  if (!quieter) tell();
}

void ConfigReloader::Collect(base::MetricSink& sink) const {
  auto& reloads = sink.Counter("aifx_config_reloads_total", "Times that SIGHUP came, by result.");
  reloads.Add({{"result", "ok"}}, static_cast<double>(succeeded_.Value()));
  reloads.Add({{"result", "failed"}}, static_cast<double>(failed_.Value()));
  sink.Gauge("aifx_config_last_reload_ok", "Whether the newest of them succeeded.")
      .Add({}, last_ok_.load() ? 1 : 0);
}

}  // namespace aifx::app
