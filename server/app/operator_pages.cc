#include "server/app/operator_pages.h"

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "server/config/values.h"

namespace aifx::app {
namespace {

// For the server's answer to a new connection: far more than loopback needs, and less than what
// probes wait (Kubernetes: a second, unless told otherwise).
constexpr absl::Duration kProbeTimeout = absl::Milliseconds(800);

std::string ModelTrouble(const serving::ModelRegistry& registry) {
  if (registry.HasReadyModel()) return "";
  std::string trouble = "no model is ready";
  for (const serving::VersionView& version : registry.List()) {
    if (version.state != serving::VersionState::kFailed) continue;
    absl::StrAppend(&trouble, "; ", version.name, " ", version.version, ": ", version.reason);
  }
  return trouble;
}

}  // namespace

OperatorPages::OperatorPages(const MetricsSources& sources)
    : registry_(sources.registry), outbox_(sources.outbox) {
  AddCollectors(sources, metrics_);
  metrics_.AddCollector([this](base::MetricSink& sink) {
    auto& ready = sink.Gauge("aifx_ready", "Whether a check of /readyz passes.");
    for (const ops::ReadinessCheck& check : Checks()) {
      ready.Add({{"check", check.name}}, check.trouble.empty() ? 1 : 0);
    }
  });
}

std::vector<ops::ReadinessCheck> OperatorPages::Checks() const {
  return {{"model", ModelTrouble(registry_)},
          {"outbox", outbox_.Trouble()},
          {"shutdown", draining_.load() ? "the server is shutting down" : ""}};
}

ops::HttpAnswer OperatorPages::Liveness(const ops::ProbeTarget& grpc) const {
  // Its port closes while the last submissions are sent; killing it then would cut them off.
  if (draining_.load()) return {.body = "live\nthe server is shutting down\n"};
  return ops::LivenessAnswer(ops::ProbeGrpcServer(grpc, kProbeTimeout));
}

absl::Status OperatorPages::Serve(const config::MetricsConfig& config, const ops::ProbeTarget& grpc,
                                  base::Logger& logger) {
  if (!config.enabled) return absl::OkStatus();
  if (!config::IsLoopbackHost(config.host)) {
    logger.Warning("metrics are served beyond loopback: anyone on the network can read them",
                   {{"listen", config.Address()}});
  }
  ops::HttpPages pages;
  pages["/metrics"] = [this] {
    return ops::HttpAnswer{200, ops::MetricsPage::kContentType, metrics_.Write()};
  };
  pages["/livez"] = [this, grpc] { return Liveness(grpc); };
  pages["/readyz"] = [this] { return ops::ReadinessAnswer(Checks()); };
  AIFX_ASSIGN_OR_RETURN(server_, ops::HttpServer::Start({.host = config.host, .port = config.port},
                                                        std::move(pages), logger));
  config::MetricsConfig served = config;
  served.port = server_->port();
  address_ = served.Address();
  return absl::OkStatus();
}

}  // namespace aifx::app
