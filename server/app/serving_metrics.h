#ifndef AIFX_SERVER_APP_SERVING_METRICS_H_
#define AIFX_SERVER_APP_SERVING_METRICS_H_

#include <map>
#include <vector>

#include "core/base/metric_sink.h"
#include "core/journal/prediction_counts.h"
#include "core/journal/prediction_journal.h"
#include "core/pipeline/async_predictor.h"
#include "core/serving/batcher_stats.h"
#include "core/serving/experiment_stats.h"
#include "core/serving/registry_stats.h"
#include "server/ops/connection_acceptor.h"
#include "server/rpc/watch_hub.h"

// The snapshots of what serves predictions, as metrics (docs/operations.md).
namespace aifx::app {

void CollectBatcher(const serving::BatcherStats& stats, base::MetricSink& sink);
void CollectPredictionCache(const pipeline::AsyncPredictorStats& stats, base::MetricSink& sink);
void CollectRegistry(const serving::RegistryStats& stats, base::MetricSink& sink);
// Of those that run.
void CollectExperiments(const std::vector<serving::ExperimentView>& views, base::MetricSink& sink);
void CollectWatches(const rpc::WatchStats& stats, base::MetricSink& sink);
void CollectPredictions(
    const std::map<journal::PredictionCounts::Key, journal::VersionCounts>& versions,
    base::MetricSink& sink);
void CollectJournal(const journal::JournalStats& stats, base::MetricSink& sink);
void CollectConnections(const ops::ConnectionAcceptor::Stats& stats, base::MetricSink& sink);

}  // namespace aifx::app

#endif  // AIFX_SERVER_APP_SERVING_METRICS_H_
