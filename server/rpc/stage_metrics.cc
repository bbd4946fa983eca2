#include "server/rpc/stage_metrics.h"

#include <utility>

namespace aifx::rpc {

void StageMetrics::Observe(const pipeline::StageTimes& times, absl::Duration queue) {
  if (times.fetch > absl::ZeroDuration()) fetch_.Observe(times.fetch);
  validate_.Observe(times.validate);
  features_.Observe(times.features);
  queue_.Observe(queue);
  model_.Observe(times.model);
  decide_.Observe(times.decide);
}

void StageMetrics::Collect(base::MetricSink& sink) const {
  auto& family = sink.Histogram("aifx_predict_stage_duration_seconds",
                                "What each stage of a prediction took.");
  const std::pair<const char*, const base::Histogram*> stages[] = {
      {"fetch", &fetch_}, {"validate", &validate_}, {"features", &features_}, {"queue", &queue_},
      {"model", &model_}, {"decide", &decide_},     {"submit", &submit_}};
  for (const auto& [name, histogram] : stages) {
    family.Add({{"stage", name}}, histogram->Snapshot());
  }
}

}  // namespace aifx::rpc
