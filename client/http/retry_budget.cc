#include "client/http/retry_budget.h"

#include <algorithm>

namespace aifx::http {
namespace {

// Ten additions of 0.1 make a little less than 1.
constexpr double kRounding = 1e-9;

}  // namespace

void RetryBudget::Add(double tokens) { tokens_ = std::min(tokens_ + tokens, options_.capacity); }

void RetryBudget::AddFloor(absl::Time now) {
  // The first call ever, and a clock that was set back, only start the interval.
  if (filled_at_ != absl::InfinitePast() && now > filled_at_) {
    Add(absl::FDivDuration(now - filled_at_, options_.floor_interval));
  }
  filled_at_ = now;
}

void RetryBudget::OnCall(absl::Time now) {
  base::MutexLock lock(mutex_);
  AddFloor(now);
  Add(options_.share);
}

bool RetryBudget::TryRepeat(absl::Time now) {
  base::MutexLock lock(mutex_);
  AddFloor(now);
  if (tokens_ < 1.0 - kRounding) {
    ++denied_;
    return false;
  }
  tokens_ = std::max(tokens_ - 1.0, 0.0);
  ++granted_;
  return true;
}

RetryBudget::Snapshot RetryBudget::snapshot() const {
  base::MutexLock lock(mutex_);
  return {.tokens = tokens_, .granted = granted_, .denied = denied_};
}

}  // namespace aifx::http
