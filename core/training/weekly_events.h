#ifndef AIFX_CORE_TRAINING_WEEKLY_EVENTS_H_
#define AIFX_CORE_TRAINING_WEEKLY_EVENTS_H_

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/training/event_sink.h"
#include "core/training/train.h"

// What TrainWeekly tells its EventSink.
namespace aifx::training {

void TellStarted(const TrainSpec& spec, EventSink& events);

// The end of a run that took `duration`: completed, and deployed where the version was made active.
void TellEnded(const TrainSpec& spec, const absl::StatusOr<TrainReport>& report,
               absl::Duration duration, EventSink& events);

}  // namespace aifx::training

#endif  // AIFX_CORE_TRAINING_WEEKLY_EVENTS_H_
