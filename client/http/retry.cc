#include "client/http/retry.h"

#include <algorithm>
#include <optional>
#include <random>

#include "client/http/http_date.h"
#include "client/http/http_failure.h"

namespace aifx::http {
namespace {

// Waits are cut into slices so that a cancelled call ends soon.
constexpr absl::Duration kWaitSlice = absl::Milliseconds(250);

bool IsTransientError(const absl::Status& status) {
  if (HttpFailureOf(status).refused_here) return false;
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status);
}

}  // namespace

UniformSource SystemUniform() {
  return [] {
    thread_local std::mt19937_64 generator(std::random_device{}());
    return std::uniform_real_distribution<double>(0.0, 1.0)(generator);
  };
}

bool Retrier::IsTransientStatus(const HttpResponse& response) {
  switch (response.status) {
    case 408:
    case 429:
    case 500:
    case 502:
    case 503:
    case 504:
      return true;
    default:
      return false;
  }
}

absl::Duration Retrier::Backoff(int failed_attempts) const {
  // 2^30 times the first backoff is beyond any cap, and a shift by more would overflow.
  const int doublings = std::min(failed_attempts - 1, 30);
  const absl::Duration longest =
      std::min(policy_.max_backoff, policy_.first_backoff * (int64_t{1} << doublings));
  return uniform_() * longest;
}

bool Retrier::Wait(absl::Duration wait, const base::CallContext& context) const {
  while (wait > absl::ZeroDuration() && !context.IsCancelled()) {
    const absl::Duration slice = std::min(wait, kWaitSlice);
    clock_.SleepFor(slice);
    wait -= slice;
  }
  return !context.IsCancelled();
}

absl::StatusOr<HttpResponse> Retrier::SendIdempotent(const HttpRequest& request,
                                                     const base::CallContext& context,
                                                     const IsTransient& is_transient,
                                                     const OnRepeat& on_repeat) const {
  std::optional<HttpRequest> repeat;  // a copy, made only where one is needed
  for (int attempt = 1;; ++attempt) {
    absl::StatusOr<HttpResponse> result =
        client_.Send(repeat.has_value() ? *repeat : request, context);
    const bool transient = result.ok() ? is_transient(*result) : IsTransientError(result.status());
    if (!transient || attempt >= policy_.max_attempts) return result;
    const absl::Time now = clock_.Now();
    absl::Duration wait = Backoff(attempt);
    if (result.ok()) {
      wait = std::max(wait, RetryAfter(*result, now).value_or(absl::ZeroDuration()));
    }
    if (now + wait >= context.deadline) return result;
    if (request.priority == Priority::kInteractive && wait > policy_.longest_interactive_wait) {
      return result;
    }
    if (budget_ != nullptr && !budget_->TryRepeat(now)) return result;
    if (on_repeat) on_repeat(attempt, result, wait);
    if (!Wait(wait, context)) {
      return WithHttpFailure(absl::CancelledError("cancelled while waiting to try again"),
                             {.may_have_arrived = true});
    }
    if (!repeat.has_value()) {
      repeat = request;
      repeat->repeat = true;
    }
  }
}

}  // namespace aifx::http
