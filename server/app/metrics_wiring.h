#ifndef AIFX_SERVER_APP_METRICS_WIRING_H_
#define AIFX_SERVER_APP_METRICS_WIRING_H_

#include <vector>

#include "client/backend/backend_http.h"
#include "core/journal/prediction_counts.h"
#include "core/journal/prediction_journal.h"
#include "core/pipeline/async_predictor.h"
#include "core/serving/batcher.h"
#include "core/serving/executor.h"
#include "core/serving/experiments.h"
#include "core/serving/registry.h"
#include "server/app/outbox_monitor.h"
#include "server/ops/grpc_server.h"
#include "server/ops/metrics_page.h"
#include "server/rpc/call_metrics.h"
#include "server/rpc/guard.h"
#include "server/rpc/stage_metrics.h"
#include "server/rpc/watch_hub.h"

namespace aifx::app {

// What the server's metrics are read from; all outlive the page.
struct MetricsSources {
  const rpc::CallMetrics& calls;
  const rpc::CallGuard& guard;
  const rpc::StageMetrics& stages;
  std::vector<const serving::Executor*> executors;
  const serving::ModelRegistry& registry;
  const serving::Experiments& experiments;
  const OutboxMonitor& outbox;
  const backend::BackendHttp& backend;
  const serving::Batcher& inference;
  const pipeline::AsyncPredictor& predictor;
  const rpc::WatchHub& watches;
  const journal::PredictionJournal* journal;  // null where nothing is recorded
  const journal::PredictionCounts& counts;
  const ops::GrpcServer& grpc;  // its connections from the moment that it listens
};

// Adds a collector for each source, and for the process. The place for another component: give it a
// cheap `Stats()`, a member above, a function in the .cc file that turns one into the other, its
// line in AddCollectors, and its metrics' lines in tests/golden/metrics.txt.
void AddCollectors(const MetricsSources& sources, ops::MetricsPage& page);

}  // namespace aifx::app

#endif  // AIFX_SERVER_APP_METRICS_WIRING_H_
