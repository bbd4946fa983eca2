#include "client/http/retry.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/http/http_date.h"
#include "client/http/http_failure.h"
#include "core/base/violation.h"

namespace aifx::http {
namespace {

// Waits are cut into slices so that a cancelled call ends soon.
constexpr absl::Duration kWaitSlice = absl::Milliseconds(250);

bool IsTransientError(const absl::Status& status) {
  if (HttpFailureOf(status).refused_here) return false;
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status);
}

bool MayHaveArrived(const absl::StatusOr<HttpResponse>& result) {
  if (result.ok()) return result->status == 408 || result->status >= 500;
  return HttpFailureOf(result.status()).may_have_arrived;
}

// What an attempt came to whose repeat this side refused to send, with the refusal's wait.
absl::StatusOr<HttpResponse> NotRepeated(absl::StatusOr<HttpResponse> attempt,
                                         const absl::Status& refusal) {
  const double wait_s = base::RetryAfterSecondsOf(refusal);
  if (attempt.ok()) {
    if (wait_s > 0 && attempt->Header("Retry-After").empty()) {
      attempt->headers.emplace_back("Retry-After", absl::StrCat(std::ceil(wait_s)));
    }
    return attempt;
  }
  absl::Status status(attempt.status().code(),
                      absl::StrCat(attempt.status().message(),
                                   " (and no further try is made: ", refusal.message(), ")"));
  attempt.status().ForEachPayload(
      [&](absl::string_view url, const absl::Cord& payload) { status.SetPayload(url, payload); });
  return wait_s > 0 ? base::WithRetryAfter(std::move(status), wait_s) : status;
}

// An error of the last attempt that does not hide that an earlier one may have arrived.
absl::StatusOr<HttpResponse> AfterEarlier(absl::StatusOr<HttpResponse> last, bool arrived) {
  if (last.ok() || !arrived) return last;
  HttpFailure failure = HttpFailureOf(last.status());
  failure.may_have_arrived = true;
  return WithHttpFailure(last.status(), failure);
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
  std::optional<absl::StatusOr<HttpResponse>> previous;
  bool arrived = false;  // maybe
  for (int attempt = 1;; ++attempt) {
    absl::StatusOr<HttpResponse> result =
        client_.Send(repeat.has_value() ? *repeat : request, context);
    if (previous.has_value() && !result.ok() && HttpFailureOf(result.status()).refused_here) {
      return AfterEarlier(NotRepeated(*std::move(previous), result.status()), arrived);
    }
    arrived = arrived || MayHaveArrived(result);
    const bool transient = result.ok() ? is_transient(*result) : IsTransientError(result.status());
    if (!transient || attempt >= policy_.max_attempts) {
      return AfterEarlier(std::move(result), arrived);
    }
    const absl::Time now = clock_.Now();
    absl::Duration wait = Backoff(attempt);
    if (result.ok()) {
      wait = std::max(wait, RetryAfter(*result, now).value_or(absl::ZeroDuration()));
    }
    if (now + wait >= context.deadline) return AfterEarlier(std::move(result), arrived);
    if (request.priority == Priority::kInteractive && wait > policy_.longest_interactive_wait) {
      return AfterEarlier(std::move(result), arrived);
    }
    if (budget_ != nullptr && !budget_->TryRepeat(now)) {
      return AfterEarlier(std::move(result), arrived);
    }
    if (on_repeat) on_repeat(attempt, result, wait);
    if (!Wait(wait, context)) {
      return WithHttpFailure(absl::CancelledError("cancelled while waiting to try again"),
                             {.may_have_arrived = true});
    }
    previous = std::move(result);
    if (!repeat.has_value()) {
      repeat = request;
      repeat->repeat = true;
    }
  }
}

}  // namespace aifx::http
