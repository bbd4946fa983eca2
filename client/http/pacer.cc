#include "client/http/pacer.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "client/http/http_date.h"

namespace aifx::http {
namespace {

// Resets come in whole seconds: two reports of one window differ by up to that and the latency.
constexpr absl::Duration kSameReset = absl::Seconds(2);
// A server that renames its policies with every reply must not fill the memory.
constexpr size_t kMaxWindows = 16;

}  // namespace

int64_t Pacer::Reserve(const Window& window, Priority priority) const {
  if (priority == Priority::kInteractive) return 0;
  const double share = options_.interactive_share * static_cast<double>(window.limit);
  const auto reserve = static_cast<int64_t>(std::ceil(share));
  return std::clamp<int64_t>(reserve, 0, std::max<int64_t>(window.limit - 1, 0));
}

void Pacer::Forget(absl::Time now) {
  // A time before the report itself: the clock was set back, and reset_at means nothing now.
  std::erase_if(windows_, [now](const Window& window) {
    return now >= window.reset_at || now < window.told_at;
  });
  if (now < held_at_) hold_until_ = absl::InfinitePast();
}

absl::Duration Pacer::Acquire(Priority priority, absl::Time now, bool* unavailable) {
  base::MutexLock lock(mutex_);
  Forget(now);
  const absl::Duration hold = std::max(hold_until_ - now, absl::ZeroDuration());
  absl::Duration wait = hold;
  for (const Window& window : windows_) {
    if (window.available <= Reserve(window, priority)) wait = std::max(wait, window.reset_at - now);
  }
  if (wait > absl::ZeroDuration()) {
    if (unavailable != nullptr) *unavailable = unavailable_ && wait == hold;
    return wait;
  }
  ++under_way_;
  for (Window& window : windows_) --window.available;
  return absl::ZeroDuration();
}

void Pacer::Learn(const RateLimit& limit, absl::Time now) {
  const int64_t available = std::max<int64_t>(limit.remaining - under_way_, 0);
  const absl::Time reset_at = now + limit.reset;
  const auto found = std::find_if(windows_.begin(), windows_.end(), [&](const Window& window) {
    return window.policy == limit.policy;
  });
  if (found == windows_.end()) {
    if (windows_.size() >= kMaxWindows) return;
    windows_.push_back({.policy = limit.policy,
                        .limit = limit.limit.value_or(limit.remaining),
                        .available = available,
                        .told_at = now,
                        .reset_at = reset_at});
    return;
  }
  found->limit = limit.limit.value_or(std::max(found->limit, limit.remaining));
  found->told_at = now;
  if (absl::AbsDuration(reset_at - found->reset_at) <= kSameReset) {
    // Replies may overtake each other: within one window, less is left as time goes by.
    found->available = std::min(found->available, available);
  } else {
    found->available = available;
    found->reset_at = reset_at;
  }
}

void Pacer::Hold(const HttpResponse& reply, const std::vector<RateLimit>& limits, absl::Time now) {
  if (reply.status != 429 && reply.status != 503) return;
  std::optional<absl::Duration> wait = RetryAfter(reply, now);
  if (!wait.has_value() && reply.status == 429 && !limits.empty()) {
    // The limit that was hit is the one with the least left.
    wait =
        std::min_element(limits.begin(), limits.end(), [](const RateLimit& a, const RateLimit& b) {
          return a.remaining < b.remaining;
        })->reset;
  }
  if (!wait.has_value()) return;
  held_at_ = now;
  if (now + *wait <= hold_until_) return;
  hold_until_ = now + *wait;
  unavailable_ = reply.status == 503;
}

void Pacer::Finish(const HttpResponse* reply, absl::Time now) {
  base::MutexLock lock(mutex_);
  --under_way_;
  if (reply == nullptr) return;
  Forget(now);
  const std::vector<RateLimit> limits = ParseRateLimits(*reply, now);
  for (const RateLimit& limit : limits) Learn(limit, now);
  Hold(*reply, limits, now);
}

}  // namespace aifx::http
