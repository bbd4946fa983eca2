#include "server/app/serving_metrics.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/serving/experiment_rules.h"

namespace aifx::app {
namespace {

using base::MetricSink;

template <typename T>
double Number(T count) {
  return static_cast<double>(count);
}

absl::string_view LaneName(size_t lane) {
  switch (static_cast<serving::Lane>(lane)) {
    case serving::Lane::kInteractive:
      return "interactive";
    case serving::Lane::kExplain:
      return "explain";
    case serving::Lane::kBatch:
      return "batch";
  }
  return "unknown";
}

// Buckets that stand alone, as a histogram's.
template <typename Bounds, typename Counts>
base::HistogramSnapshot Histogram(const Bounds& bounds, const Counts& counts, double sum) {
  base::HistogramSnapshot snapshot;
  snapshot.bounds.assign(bounds.begin(), bounds.end());
  snapshot.counts.assign(counts.begin(), counts.end());
  snapshot.sum = sum;
  return snapshot;
}

}  // namespace

void CollectBatcher(const serving::BatcherStats& stats, MetricSink& sink) {
  sink.Gauge("aifx_inference_threads", "Threads that run models.").Add({}, Number(stats.threads));
  sink.Gauge("aifx_inference_busy_threads", "Of these, those at work.")
      .Add({}, Number(stats.busy_threads));
  auto& waiting = sink.Gauge("aifx_inference_queue_rows", "Predictions that wait, by lane.");
  auto& batches = sink.Histogram("aifx_inference_batch_rows", "Predictions of one forward pass.");
  auto& waits = sink.Histogram("aifx_inference_queue_seconds", "How long predictions waited.");
  auto& busy = sink.Counter("aifx_inference_compute_seconds_total", "Time that models took.");
  auto& refused =
      sink.Counter("aifx_inference_refused_total", "Predictions not computed, by reason.");
  for (size_t i = 0; i < stats.lanes.size(); ++i) {
    const serving::LaneStats& lane = stats.lanes[i];
    const absl::string_view name = LaneName(i);
    waiting.Add({{"lane", name}}, Number(lane.waiting_rows));
    batches.Add({{"lane", name}},
                Histogram(serving::kBatchRowBounds, lane.batch_rows, Number(lane.rows)));
    waits.Add({{"lane", name}}, Histogram(serving::kWaitSecondBounds, lane.waits,
                                          absl::ToDoubleSeconds(lane.waited)));
    busy.Add({{"lane", name}}, absl::ToDoubleSeconds(lane.computing));
    refused.Add({{"lane", name}, {"reason", "queue_full"}}, Number(lane.queue_full));
    refused.Add({{"lane", name}, {"reason", "too_late"}}, Number(lane.too_late));
    refused.Add({{"lane", name}, {"reason", "expired"}}, Number(lane.expired));
    refused.Add({{"lane", name}, {"reason", "cancelled"}}, Number(lane.cancelled));
  }
}

void CollectPredictionCache(const pipeline::AsyncPredictorStats& stats, MetricSink& sink) {
  auto& looks = sink.Counter("aifx_prediction_cache_total",
                             "Windows looked up among the outputs that are kept, by result.");
  looks.Add({{"result", "hit"}}, Number(stats.cache.hits));
  looks.Add({{"result", "miss"}}, Number(stats.cache.misses));
  looks.Add({{"result", "joined"}}, Number(stats.joined_inferences));
  sink.Gauge("aifx_prediction_cache_entries", "Outputs that are kept.")
      .Add({}, Number(stats.cache.entries));
  sink.Gauge("aifx_prediction_cache_bytes", "Their size, estimated.")
      .Add({}, Number(stats.cache.bytes));
  sink.Counter("aifx_prediction_cache_evictions_total",
               "Outputs dropped for want of room or model.")
      .Add({}, Number(stats.cache.evictions));
  auto& reads = sink.Counter("aifx_newest_candles_total",
                             "Wants of a series' newest candles, by what answered them.");
  reads.Add({{"result", "hit"}}, Number(stats.candles.hits));
  reads.Add({{"result", "miss"}}, Number(stats.candles.misses));
  reads.Add({{"result", "joined"}}, Number(stats.joined_reads));
}

void CollectRegistry(const serving::RegistryStats& stats, MetricSink& sink) {
  auto& loads = sink.Counter("aifx_model_loads_total", "Versions loaded, by result.");
  loads.Add({{"result", "ok"}}, Number(stats.loads));
  loads.Add({{"result", "failed"}}, Number(stats.load_failures));
  sink.Counter("aifx_model_swaps_total", "Times that another version began to serve.")
      .Add({}, Number(stats.swaps));
  sink.Counter("aifx_model_load_seconds_total",
               "Time that loads took, checks and warm-up included.")
      .Add({}, absl::ToDoubleSeconds(stats.load_time));
  sink.Gauge("aifx_model_waiting_to_free", "Models that nobody uses and that are not freed yet.")
      .Add({}, Number(stats.waiting_to_free));
}

void CollectExperiments(const std::vector<serving::ExperimentView>& views, MetricSink& sink) {
  auto& requests = sink.Counter("aifx_experiment_requests_total", "Requests, by version.");
  auto& errors = sink.Counter("aifx_experiment_errors_total", "Of these, failed by the model.");
  auto& candles = sink.Gauge("aifx_experiment_candles", "Different candles answered, by version.");
  auto& fallbacks = sink.Counter("aifx_experiment_fallbacks_total",
                                 "Requests that the champion answered for a missing candidate.");
  auto& ratio = sink.Gauge("aifx_experiment_sample_ratio_mismatch",
                           "1: the split is far from the wanted one.");
  auto& compared = sink.Counter("aifx_experiment_shadow_total", "Shadowed candles, by result.");
  auto& mean = sink.Gauge("aifx_experiment_shadow_mean_difference",
                          "Mean of the largest probability difference of each candle.");
  auto& largest =
      sink.Gauge("aifx_experiment_shadow_max_difference", "Largest probability difference of all.");
  auto& signals = sink.Gauge("aifx_experiment_shadow_different_signals",
                             "Share of the candles with another signal, 0..1.");
  for (const serving::ExperimentView& view : views) {
    if (view.experiment.ended_at.has_value()) continue;
    const std::string& name = view.experiment.name;
    const auto add_arm = [&](absl::string_view arm, const serving::ArmStats& stats) {
      requests.Add({{"experiment", name}, {"arm", arm}}, Number(stats.requests));
      errors.Add({{"experiment", name}, {"arm", arm}}, Number(stats.errors));
      candles.Add({{"experiment", name}, {"arm", arm}}, Number(stats.units));
    };
    add_arm("champion", view.stats.champion);
    add_arm("candidate", view.stats.candidate);
    fallbacks.Add({{"experiment", name}}, Number(view.stats.fallbacks));
    const bool mismatch = !serving::SampleRatioWarning(view.experiment, view.stats).empty();
    ratio.Add({{"experiment", name}}, mismatch ? 1 : 0);
    if (view.experiment.kind != serving::ExperimentKind::kShadow) continue;
    const serving::ShadowStats& shadow = view.stats.shadow;
    compared.Add({{"experiment", name}, {"result", "compared"}}, Number(shadow.compared));
    compared.Add({{"experiment", name}, {"result", "dropped"}}, Number(shadow.dropped));
    compared.Add({{"experiment", name}, {"result", "failed"}}, Number(shadow.failed));
    largest.Add({{"experiment", name}}, shadow.difference_max);
    if (shadow.compared > 0) {
      mean.Add({{"experiment", name}}, shadow.difference_sum / Number(shadow.compared));
    }
    if (shadow.decided > 0) {
      signals.Add({{"experiment", name}},
                  Number(shadow.different_signals) / Number(shadow.decided));
    }
  }
}

void CollectWatches(const rpc::WatchStats& stats, MetricSink& sink) {
  sink.Gauge("aifx_watchers", "Callers of WatchPredictions.").Add({}, Number(stats.watchers));
  sink.Gauge("aifx_watched_series", "Series that they watch.").Add({}, Number(stats.series));
  sink.Counter("aifx_watch_events_total", "Announcements of new candles.")
      .Add({}, Number(stats.events));
  sink.Counter("aifx_watch_predictions_total", "Predictions computed for watchers.")
      .Add({}, Number(stats.predictions));
  sink.Counter("aifx_watch_retries_total", "Candles that were announced and not there yet.")
      .Add({}, Number(stats.retries));
  sink.Counter("aifx_watch_given_up_total", "Candles that stayed without a prediction.")
      .Add({}, Number(stats.given_up));
}

void CollectPredictions(
    const std::map<journal::PredictionCounts::Key, journal::VersionCounts>& versions,
    MetricSink& sink) {
  auto& signals =
      sink.Counter("aifx_predictions_total", "Predictions, by the version that made them.");
  auto& confidence = sink.Histogram("aifx_prediction_confidence", "Confidence of predictions.");
  for (const auto& [key, counts] : versions) {
    const std::string version = absl::StrCat(key.second);
    for (const auto signal :
         {records::Signal::kBuy, records::Signal::kSell, records::Signal::kHold}) {
      signals.Add(
          {{"model", key.first}, {"version", version}, {"signal", records::SignalName(signal)}},
          Number(counts.signals[static_cast<size_t>(signal)]));
    }
    confidence.Add({{"model", key.first}, {"version", version}},
                   Histogram(journal::kConfidenceBounds, counts.confidence, counts.confidence_sum));
  }
}

void CollectJournal(const journal::JournalStats& stats, MetricSink& sink) {
  auto& entries =
      sink.Counter("aifx_journal_predictions_total", "Predictions, by what the journal did.");
  entries.Add({{"result", "written"}}, Number(stats.written));
  entries.Add({{"result", "skipped"}}, Number(stats.skipped));
  entries.Add({{"result", "dropped"}}, Number(stats.dropped));
  entries.Add({{"result", "failed"}}, Number(stats.failed));
  sink.Gauge("aifx_journal_bytes", "Size of the journal's files.").Add({}, Number(stats.bytes));
  sink.Gauge("aifx_journal_files", "The journal's files.").Add({}, Number(stats.segments));
  sink.Gauge("aifx_journal_queued", "Predictions that wait to be written.")
      .Add({}, Number(stats.queued));
}

void CollectConnections(const ops::ConnectionAcceptor::Stats& stats, MetricSink& sink) {
  auto& connections = sink.Counter("aifx_connections_total", "Connections of callers, by result.");
  connections.Add({{"result", "accepted"}}, Number(stats.accepted));
  connections.Add({{"result", "too_many"}}, Number(stats.refused));
  connections.Add({{"result", "no_descriptor"}}, Number(stats.out_of_descriptors));
}

}  // namespace aifx::app
