#ifndef AIFX_CORE_PIPELINE_STAGE_TIMER_H_
#define AIFX_CORE_PIPELINE_STAGE_TIMER_H_

#include <cstdint>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace aifx::pipeline {

// Adds the time a scope takes to a stage, which outlives it.
class StageTimer {
 public:
  explicit StageTimer(absl::Duration& stage) : stage_(stage), start_(absl::GetCurrentTimeNanos()) {}
  ~StageTimer() { stage_ += absl::Nanoseconds(absl::GetCurrentTimeNanos() - start_); }
  StageTimer(const StageTimer&) = delete;
  StageTimer& operator=(const StageTimer&) = delete;

 private:
  absl::Duration& stage_;
  const int64_t start_;
};

}  // namespace aifx::pipeline

#endif  // AIFX_CORE_PIPELINE_STAGE_TIMER_H_
