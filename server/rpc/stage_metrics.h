#ifndef AIFX_SERVER_RPC_STAGE_METRICS_H_
#define AIFX_SERVER_RPC_STAGE_METRICS_H_

#include "absl/time/time.h"
#include "core/base/metric_sink.h"
#include "core/base/metrics.h"
#include "core/pipeline/predictor.h"

namespace aifx::rpc {

// How long each stage of a prediction took. Stages that a prediction did not need (a fetch, where
// the candles were given) are not counted. Thread-safe.
class StageMetrics {
 public:
  // One prediction that was answered; `queue` is its wait for an executor.
  void Observe(const pipeline::StageTimes& times, absl::Duration queue);
  // Until its submission was kept, or could not be.
  void ObserveSubmit(absl::Duration took) { submit_.Observe(took); }

  // aifx_predict_stage_duration_seconds.
  void Collect(base::MetricSink& sink) const;

 private:
  base::Histogram fetch_ = base::Histogram::OfDurations();
  base::Histogram validate_ = base::Histogram::OfDurations();
  base::Histogram features_ = base::Histogram::OfDurations();
  base::Histogram queue_ = base::Histogram::OfDurations();
  base::Histogram model_ = base::Histogram::OfDurations();
  base::Histogram decide_ = base::Histogram::OfDurations();
  base::Histogram submit_ = base::Histogram::OfDurations();
};

}  // namespace aifx::rpc

#endif  // AIFX_SERVER_RPC_STAGE_METRICS_H_
