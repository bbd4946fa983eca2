#include "server/app/metrics_wiring.h"

#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/app/serving_metrics.h"
#include "server/ops/process_metrics.h"

namespace aifx::app {
namespace {

using base::MetricSink;
using records::SubmissionState;

double Number(int64_t count) { return static_cast<double>(count); }
double Flag(bool on) { return on ? 1.0 : 0.0; }

void CollectExecutors(const std::vector<const serving::Executor*>& executors, MetricSink& sink) {
  auto& depth = sink.Gauge("aifx_executor_queue_depth", "Tasks that wait for a thread.");
  auto& limit = sink.Gauge("aifx_executor_queue_limit", "Tasks that may wait.");
  auto& threads = sink.Gauge("aifx_executor_threads", "Threads.");
  for (const serving::Executor* executor : executors) {
    const serving::Executor::Options& options = executor->options();
    depth.Add({{"executor", options.name}}, static_cast<double>(executor->QueueDepth()));
    limit.Add({{"executor", options.name}}, static_cast<double>(options.queue_limit));
    threads.Add({{"executor", options.name}}, static_cast<double>(options.threads));
  }
}

// Versions that only lie in the store are left out: they grow without end.
void CollectModels(const serving::ModelRegistry& registry, MetricSink& sink) {
  auto& info =
      sink.Gauge("aifx_model_version_info", "1 for each version that is active, serves or failed.");
  auto& ready = sink.Gauge("aifx_model_ready", "Whether a version of the model serves.");
  auto& failed = sink.Gauge("aifx_model_failed_versions", "Versions that failed their checks.");
  for (const serving::ModelStats& model : registry.Stats().models) {
    ready.Add({{"model", model.name}}, Flag(model.serving != 0));
  }
  std::map<std::string, int> failures;  // by model
  for (const serving::VersionView& version : registry.List()) {
    failures[version.name] += version.state == serving::VersionState::kFailed ? 1 : 0;
    if (version.state == serving::VersionState::kDiscovered && !version.active) continue;
    info.Add({{"model", version.name},
              {"version", absl::StrCat(version.version)},
              {"state", serving::VersionStateName(version.state)},
              {"active", version.active ? "true" : "false"}},
             1);
  }
  for (const auto& [name, count] : failures) failed.Add({{"model", name}}, count);
}

void CollectOutbox(const OutboxMonitor& outbox, MetricSink& sink) {
  auto& accepts = sink.Gauge("aifx_outbox_accepts", "Whether a submission would be kept now.");
  auto& submissions = sink.Gauge("aifx_outbox_submissions", "Submissions kept, by state.");
  auto& bytes = sink.Gauge("aifx_outbox_open_bytes", "Payload of what the backend lacks.");
  auto& max_rows = sink.Gauge("aifx_outbox_max_submissions", "Cap of what the backend lacks.");
  auto& max_bytes = sink.Gauge("aifx_outbox_max_bytes", "Cap of its payload.");
  auto& oldest = sink.Gauge("aifx_outbox_oldest_open_seconds",
                            "Age of the oldest that is neither acked nor dead; 0: none.");
  auto& possible = sink.Counter("aifx_outbox_possible_duplicates_total",
                                "Sent again where a duplicate could not be excluded.");
  auto& found = sink.Counter("aifx_outbox_duplicates_found_total",
                             "Further rows of a submission that the backend has.");
  auto& paused = sink.Gauge("aifx_outbox_paused", "Whether the backend refuses our key.");
  auto& probing = sink.Gauge("aifx_outbox_probing", "Whether the backend fails.");
  auto& disk = sink.Gauge("aifx_outbox_disk_ok", "Whether the newest transaction succeeded.");
  auto& put_aside =
      sink.Gauge("aifx_outbox_file_put_aside", "Whether the file was found damaged at the start.");
  accepts.Add({}, Flag(outbox.Trouble().empty()));
  max_rows.Add({}, Number(outbox.config().max_rows));
  max_bytes.Add({}, Number(outbox.config().max_bytes));
  const auto stats = outbox.Stats();
  if (!stats.ok()) return;
  const std::pair<SubmissionState, const char*> states[] = {
      {SubmissionState::kQueued, "queued"},
      {SubmissionState::kInflight, "inflight"},
      {SubmissionState::kAcked, "acked"},
      {SubmissionState::kUnknown, "unknown"},
      {SubmissionState::kDead, "dead"}};
  for (const auto& [state, name] : states) {
    submissions.Add({{"state", name}}, Number(stats->usage.Rows(state)));
  }
  bytes.Add({}, Number(stats->usage.open_bytes));
  oldest.Add({}, absl::ToDoubleSeconds(stats->oldest_open.value_or(absl::ZeroDuration())));
  possible.Add({}, Number(stats->possible_duplicates));
  found.Add({}, Number(stats->duplicates_found));
  paused.Add({}, Flag(stats->paused));
  probing.Add({}, Flag(stats->probing));
  disk.Add({}, Flag(stats->disk.ok()));
  put_aside.Add({}, Flag(!stats->put_aside.empty()));
}

void CollectBackend(const http::OriginStats& stats, MetricSink& sink) {
  auto& calls = sink.Counter("aifx_backend_calls_total",
                             "Requests sent to the backend, repeats included, by their end.");
  calls.Add({{"result", "replied"}}, Number(stats.replies - stats.failed_replies));
  calls.Add({{"result", "failed"}}, Number(stats.failed_replies));
  calls.Add({{"result", "no_reply"}}, Number(stats.no_reply));
  sink.Counter("aifx_backend_ambiguous_total",
               "Requests without a reply whose body may have arrived.")
      .Add({}, Number(stats.ambiguous));
  sink.Counter("aifx_backend_retries_total", "Requests that repeated a failed one.")
      .Add({}, Number(stats.repeats));
  sink.Counter("aifx_backend_retries_denied_total", "Repeats that the retry budget refused.")
      .Add({}, Number(stats.repeats_denied));
  sink.Gauge("aifx_backend_retry_budget", "Repeats that the budget would grant now.")
      .Add({}, stats.repeats_left);
  sink.Counter("aifx_backend_rate_limit_waits_total", "Calls that waited for the rate limit.")
      .Add({}, Number(stats.paced));
  sink.Counter("aifx_backend_rate_limit_wait_seconds_total", "How long they waited.")
      .Add({}, absl::ToDoubleSeconds(stats.paced_time));
  auto& refused =
      sink.Counter("aifx_backend_refused_total", "Calls not sent, by what refused them.");
  refused.Add({{"reason", "rate_limit"}}, Number(stats.refused_by_rate_limit));
  refused.Add({{"reason", "breaker"}}, Number(stats.refused_by_breaker));
  sink.Counter("aifx_backend_breaker_opened_total", "Times that the circuit breaker opened.")
      .Add({}, Number(stats.breaker_opened));
  auto& breaker = sink.Gauge("aifx_backend_breaker_state", "1 for the circuit breaker's state.");
  for (const auto state :
       {http::BreakerState::kClosed, http::BreakerState::kOpen, http::BreakerState::kHalfOpen}) {
    breaker.Add({{"state", http::BreakerStateName(state)}}, Flag(state == stats.breaker));
  }
}

}  // namespace

void AddCollectors(const MetricsSources& sources, ops::MetricsPage& page) {
  page.AddCollector([sources](MetricSink& sink) {
    sources.calls.Collect(sink);
    sink.Gauge("aifx_grpc_calls_in_flight", "Calls that have not been answered yet.")
        .Add({}, Number(sources.guard.CallsInFlight()));
    sources.stages.Collect(sink);
  });
  page.AddCollector([sources](MetricSink& sink) { CollectExecutors(sources.executors, sink); });
  page.AddCollector([sources](MetricSink& sink) { CollectModels(sources.registry, sink); });
  page.AddCollector([sources](MetricSink& sink) { CollectOutbox(sources.outbox, sink); });
  page.AddCollector([sources](MetricSink& sink) { CollectBackend(sources.backend.Stats(), sink); });
  page.AddCollector([sources](MetricSink& sink) {
    CollectBatcher(sources.inference.Stats(), sink);
    CollectPredictionCache(sources.predictor.Stats(), sink);
    CollectRegistry(sources.registry.Stats(), sink);
    CollectExperiments(sources.experiments.List(), sink);
    CollectWatches(sources.watches.Stats(), sink);
    CollectPredictions(sources.counts.Stats(), sink);
    if (sources.journal != nullptr) CollectJournal(sources.journal->Stats(), sink);
    CollectConnections(sources.grpc.connections->GetStats(), sink);
  });
  page.AddCollector(ops::CollectProcessMetrics);
}

}  // namespace aifx::app
