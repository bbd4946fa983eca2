#include "core/training/weekly_events.h"

#include <string>

namespace aifx::training {
namespace {

constexpr char kFull[] = "full";  // from scratch

}  // namespace

void TellStarted(const TrainSpec& spec, EventSink& events) {
  events.Publish(TrainingStarted{.model_name = ModelName(spec),
                                 .pair = spec.pair,
                                 .timeframe = spec.timeframe,
                                 .training_type = kFull,
                                 .data_start = spec.start,
                                 .data_end = spec.end});
}

void TellEnded(const TrainSpec& spec, const absl::StatusOr<TrainReport>& report,
               absl::Duration duration, EventSink& events) {
  TrainingCompleted completed{.model_name = ModelName(spec),
                              .pair = spec.pair,
                              .timeframe = spec.timeframe,
                              .training_type = kFull,
                              .duration = duration};
  if (!report.ok()) {
    completed.error = std::string(report.status().message());
    return events.Publish(completed);
  }
  completed.version = report->version;
  completed.backend_id = report->backend_id;
  completed.activated = report->activated;
  completed.samples = report->samples;
  completed.metrics = report->metrics;
  events.Publish(completed);
  if (report->activated) {
    events.Publish(ModelDeployed{report->model_name, report->version, report->backend_id});
  }
}

}  // namespace aifx::training
