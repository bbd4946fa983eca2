#ifndef AIFX_SERVER_APP_OPERATOR_PAGES_H_
#define AIFX_SERVER_APP_OPERATOR_PAGES_H_

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "core/base/log.h"
#include "server/app/metrics_wiring.h"
#include "server/config/server_config.h"
#include "server/ops/http_server.h"
#include "server/ops/liveness_probe.h"
#include "server/ops/metrics_page.h"
#include "server/ops/probes.h"

namespace aifx::app {

// /metrics, /livez and /readyz of one server (docs/operations.md). Thread-safe.
class OperatorPages {
 public:
  explicit OperatorPages(const MetricsSources& sources);

  // Serves until it is destroyed; nothing where the configuration says so. Liveness is whether
  // `grpc` answers a new connection. Unavailable where the address cannot be served.
  absl::Status Serve(const config::MetricsConfig& config, const ops::ProbeTarget& grpc,
                     base::Logger& logger);

  // From now on the server is not ready; and live, for whatever ends it should wait.
  void Drain() { draining_.store(true); }

  // HOST:PORT that is served; empty where nothing is.
  std::string Address() const { return address_; }

  ops::MetricsPage& metrics() { return metrics_; }

 private:
  std::vector<ops::ReadinessCheck> Checks() const;
  ops::HttpAnswer Liveness(const ops::ProbeTarget& grpc) const;

  const serving::ModelRegistry& registry_;
  const OutboxMonitor& outbox_;
  std::atomic<bool> draining_{false};
  ops::MetricsPage metrics_;
  std::string address_;
  std::unique_ptr<ops::HttpServer> server_;  // reads all of the above
};

}  // namespace aifx::app

#endif  // AIFX_SERVER_APP_OPERATOR_PAGES_H_
