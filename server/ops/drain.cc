#include "server/ops/drain.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace aifx::ops {
namespace {

// How often calls in flight are counted: short beside any call worth waiting for.
constexpr absl::Duration kStep = absl::Milliseconds(10);

}  // namespace

DrainResult Drain(const DrainSteps& steps, const DrainOptions& options, base::Logger& logger) {
  logger.Info("draining", {{"grace", absl::FormatDuration(options.grace)},
                           {"timeout", absl::FormatDuration(options.timeout)}});
  steps.report_not_serving();
  const bool forced = options.grace > absl::ZeroDuration() && steps.wait_for_signal(options.grace);
  steps.refuse_new_calls();
  if (forced) return DrainResult::kForced;
  absl::Duration left = options.timeout;
  while (steps.calls_in_flight() > 0) {
    if (left <= absl::ZeroDuration()) {
      logger.Warning("calls were still in flight",
                     {{"calls", absl::StrCat(steps.calls_in_flight())}});
      return DrainResult::kTimedOut;
    }
    const absl::Duration step = std::min(left, kStep);
    if (steps.wait_for_signal(step)) return DrainResult::kForced;
    left -= step;
  }
  return DrainResult::kClean;
}

}  // namespace aifx::ops
