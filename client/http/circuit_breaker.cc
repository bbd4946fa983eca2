#include "client/http/circuit_breaker.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace aifx::http {
namespace {

// A probe's end is not known beforehand; whom it keeps out may ask again after this.
constexpr absl::Duration kProbeWait = absl::Seconds(1);
constexpr double kLargestCut = 0.2;  // of the time that it stays open, at random

}  // namespace

absl::string_view BreakerStateName(BreakerState state) {
  switch (state) {
    case BreakerState::kClosed:
      return "closed";
    case BreakerState::kOpen:
      return "open";
    case BreakerState::kHalfOpen:
      return "half-open";
  }
  return "";
}

int64_t CircuitBreaker::SliceOf(absl::Time now) const {
  return absl::ToInt64Nanoseconds(now - absl::UnixEpoch()) /
         std::max<int64_t>(absl::ToInt64Nanoseconds(options_.window / kBuckets), 1);
}

void CircuitBreaker::Count(bool failed, absl::Time now) {
  const int64_t slice = SliceOf(now);
  Bucket& bucket = buckets_[static_cast<size_t>(slice) % kBuckets];
  if (bucket.index != slice) bucket = {.index = slice};
  ++bucket.calls;
  if (failed) ++bucket.failures;
}

std::string CircuitBreaker::ReasonToOpen(absl::Time now) const {
  if (connect_failures_ >= options_.connect_failures_in_a_row) {
    return absl::StrCat(connect_failures_, " connections in a row failed");
  }
  const int64_t slice = SliceOf(now);
  int64_t calls = 0;
  int64_t failures = 0;
  for (const Bucket& bucket : buckets_) {
    if (bucket.index <= slice - kBuckets || bucket.index > slice) continue;
    calls += bucket.calls;
    failures += bucket.failures;
  }
  if (calls < options_.min_calls ||
      static_cast<double>(failures) < options_.failure_share * static_cast<double>(calls)) {
    return "";
  }
  return absl::StrCat(failures, " of ", calls, " calls within ",
                      absl::FormatDuration(options_.window), " failed");
}

void CircuitBreaker::Open(std::string why, absl::Time now) {
  absl::Duration longest = options_.first_open;
  for (int i = 0; i < openings_in_a_row_ && longest < options_.longest_open; ++i) longest *= 2;
  longest = std::min(longest, options_.longest_open);
  state_ = BreakerState::kOpen;
  ++generation_;
  ++opened_;
  ++openings_in_a_row_;
  opened_at_ = now;
  open_until_ = now + longest * (1.0 - kLargestCut * uniform_());
  why_ = std::move(why);
  probing_ = false;
}

void CircuitBreaker::Close() {
  state_ = BreakerState::kClosed;
  ++generation_;
  openings_in_a_row_ = 0;
  connect_failures_ = 0;
  buckets_.fill({});
  probing_ = false;
}

std::optional<CircuitBreaker::Refusal> CircuitBreaker::Find(absl::Time now) {
  if (state_ == BreakerState::kClosed) return std::nullopt;
  if (state_ == BreakerState::kOpen) {
    // Before opened_at_ the clock was set back: open_until_ may be far away by now.
    if (now >= opened_at_ && now < open_until_) return Refusal{.until = open_until_, .why = why_};
    return std::nullopt;
  }
  if (!probing_) return std::nullopt;
  return Refusal{.until = now + kProbeWait,
                 .why = absl::StrCat(why_, "; one call is finding out whether it is well again")};
}

std::optional<CircuitBreaker::Refusal> CircuitBreaker::Check(absl::Time now) {
  base::MutexLock lock(mutex_);
  return Find(now);
}

std::optional<CircuitBreaker::Refusal> CircuitBreaker::Admit(absl::Time now, Ticket& ticket) {
  base::MutexLock lock(mutex_);
  if (std::optional<Refusal> refusal = Find(now); refusal.has_value()) return refusal;
  if (state_ == BreakerState::kOpen) {
    state_ = BreakerState::kHalfOpen;
    ++generation_;
    good_probes_ = 0;
  }
  probing_ = state_ == BreakerState::kHalfOpen;
  ticket = {.generation = generation_, .probe = probing_};
  return std::nullopt;
}

std::optional<BreakerState> CircuitBreaker::RecordProbe(CallResult result, absl::string_view cause,
                                                        absl::Time now) {
  probing_ = false;
  switch (result) {
    case CallResult::kNone:
      return std::nullopt;
    case CallResult::kSuccess:
      if (++good_probes_ < options_.probes_to_close) return std::nullopt;
      Close();
      return state_;
    case CallResult::kFailure:
    case CallResult::kConnectFailure:
      Open(absl::StrCat("it is still failing (the last: ", cause, ")"), now);
      return state_;
  }
  return std::nullopt;
}

std::optional<BreakerState> CircuitBreaker::Record(const Ticket& ticket, CallResult result,
                                                   absl::string_view cause, absl::Time now) {
  base::MutexLock lock(mutex_);
  if (ticket.generation != generation_) return std::nullopt;
  if (ticket.probe) return RecordProbe(result, cause, now);
  if (result == CallResult::kNone) return std::nullopt;
  connect_failures_ = result == CallResult::kConnectFailure ? connect_failures_ + 1 : 0;
  Count(result != CallResult::kSuccess, now);
  if (result == CallResult::kSuccess) return std::nullopt;
  const std::string reason = ReasonToOpen(now);
  if (reason.empty()) return std::nullopt;
  Open(absl::StrCat(reason, " (the last: ", cause, ")"), now);
  return state_;
}

CircuitBreaker::Snapshot CircuitBreaker::snapshot() const {
  base::MutexLock lock(mutex_);
  return {.state = state_, .opened = opened_};
}

}  // namespace aifx::http
