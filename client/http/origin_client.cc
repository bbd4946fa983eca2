#include "client/http/origin_client.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/http/http_failure.h"
#include "core/base/status_macros.h"
#include "core/base/violation.h"

namespace aifx::http {
namespace {

// Waits are cut into slices: a cancelled call ends soon, and news of other calls' replies counts.
constexpr absl::Duration kWaitSlice = absl::Milliseconds(250);
constexpr absl::Duration kWaitWorthALine = absl::Seconds(1);

constexpr HttpFailure kNotSent = {.may_have_arrived = false};
constexpr HttpFailure kRefusedHere = {.may_have_arrived = false, .refused_here = true};

std::string OriginOf(const BaseUrl& url) {
  const bool ipv6 = absl::StrContains(url.host, ':');
  return absl::StrCat(url.scheme, "://", ipv6 ? "[" : "", url.host, ipv6 ? "]" : "", ":", url.port);
}

std::string UtcText(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", time, absl::UTCTimeZone());
}

// For people: tenths of a second.
std::string Rounded(absl::Duration duration) {
  return absl::FormatDuration(absl::Ceil(duration, absl::Milliseconds(100)));
}

absl::Status WithWait(absl::Status status, absl::Duration wait) {
  return base::WithRetryAfter(WithHttpFailure(std::move(status), kRefusedHere),
                              absl::ToDoubleSeconds(std::max(wait, absl::ZeroDuration())));
}

std::string CauseOf(const absl::StatusOr<HttpResponse>& result) {
  if (result.ok()) return absl::StrCat("status ", result->status);
  return std::string(result.status().message());
}

}  // namespace

OriginClient::OriginClient(const BaseUrl& url, OriginOptions options,
                           OriginDependencies dependencies)
    : origin_(OriginOf(url)),
      url_(url),
      options_(std::move(options)),
      transport_(dependencies.transport),
      clock_(dependencies.clock),
      logger_(dependencies.logger),
      pacer_(options_.pacer),
      breaker_(options_.breaker, std::move(dependencies.uniform)),
      budget_(options_.retry_budget) {}

bool OriginClient::IsOurs(const HttpRequest& request) const {
  const size_t host = request.url.find("://");
  if (host == std::string::npos) return false;
  // No query: it may hold what a base URL must not.
  const size_t end = std::min(request.url.find_first_of("/?#", host + 3), request.url.size());
  const absl::StatusOr<BaseUrl> url = ParseBaseUrl(request.url.substr(0, end));
  return url.ok() && url->scheme == url_.scheme && url->host == url_.host && url->port == url_.port;
}

absl::Status OriginClient::Refused(const CircuitBreaker::Refusal& refusal) {
  {
    base::MutexLock lock(mutex_);
    ++stats_.refused_by_breaker;
  }
  const absl::Duration wait = refusal.until - clock_.Now();
  return WithWait(absl::UnavailableError(absl::StrCat("no call is sent to ", origin_, " until ",
                                                      UtcText(refusal.until), " (in ",
                                                      Rounded(wait), "): ", refusal.why)),
                  wait);
}

absl::Status OriginClient::RateLimited(absl::Duration wait, bool unavailable) {
  {
    base::MutexLock lock(mutex_);
    ++stats_.refused_by_rate_limit;
  }
  const std::string why =
      unavailable
          ? absl::StrCat(origin_, " asked (status 503, Retry-After) for no call until ")
          : absl::StrCat("the rate limit of ", origin_, " has no room for this call until ");
  return WithWait(absl::ResourceExhaustedError(absl::StrCat(why, UtcText(clock_.Now() + wait),
                                                            ": try again in ", Rounded(wait))),
                  wait);
}

// A bulk read that took an hour so far must not end because the server fails for a blink.
absl::Status OriginClient::WaitForBreaker(const HttpRequest& request,
                                          const base::CallContext& context,
                                          absl::Duration& waited) {
  while (true) {
    const absl::Time now = clock_.Now();
    const auto refusal = breaker_.Check(now);
    if (!refusal.has_value()) return absl::OkStatus();
    if (request.priority == Priority::kInteractive) return Refused(*refusal);
    if (context.IsCancelled()) {
      return WithHttpFailure(absl::CancelledError("cancelled while waiting for the server"),
                             kNotSent);
    }
    const absl::Duration wait = refusal->until - now;
    if (refusal->until >= context.deadline || waited + wait > options_.longest_background_wait) {
      return Refused(*refusal);
    }
    const absl::Duration slice = std::min(wait, kWaitSlice);
    clock_.SleepFor(slice);
    waited += slice;
  }
}

absl::Status OriginClient::WaitForTurn(const HttpRequest& request,
                                       const base::CallContext& context) {
  const absl::Time start = clock_.Now();
  const absl::Duration longest = request.priority == Priority::kInteractive
                                     ? options_.longest_interactive_wait
                                     : options_.longest_background_wait;
  absl::Duration waited;
  while (true) {
    if (context.IsCancelled()) {
      return WithHttpFailure(absl::CancelledError("cancelled while waiting for the rate limit"),
                             kNotSent);
    }
    const absl::Time now = clock_.Now();
    bool unavailable = false;
    const absl::Duration wait = pacer_.Acquire(request.priority, now, &unavailable);
    if (wait <= absl::ZeroDuration()) break;
    if (now + wait >= context.deadline || waited + wait > longest) {
      return RateLimited(wait, unavailable);
    }
    if (waited == absl::ZeroDuration() && wait >= kWaitWorthALine) {
      logger_.Warning(
          unavailable ? "a call waits as the server asked"
                      : "a call waits for the server's rate limit",
          {{"server", origin_}, {"wait", Rounded(wait)}, {"request_id", context.request_id}});
    }
    const absl::Duration slice = std::min(wait, kWaitSlice);
    clock_.SleepFor(slice);
    waited += slice;
  }
  if (waited > absl::ZeroDuration()) {
    base::MutexLock lock(mutex_);
    ++stats_.paced;
    stats_.paced_time += clock_.Now() - start;
  }
  return absl::OkStatus();
}

absl::Status OriginClient::Admit(const HttpRequest& request, const base::CallContext& context,
                                 CircuitBreaker::Ticket& ticket) {
  absl::Duration waited;  // for the breaker
  while (true) {
    AIFX_RETURN_IF_ERROR(WaitForBreaker(request, context, waited));
    AIFX_RETURN_IF_ERROR(WaitForTurn(request, context));
    const absl::Time now = clock_.Now();
    const auto refusal = breaker_.Admit(now, ticket);
    if (!refusal.has_value()) return absl::OkStatus();
    pacer_.Finish(nullptr, now);
    if (request.priority == Priority::kInteractive) return Refused(*refusal);
  }
}

CallResult OriginClient::Judge(const absl::StatusOr<HttpResponse>& result,
                               absl::Duration took) const {
  if (result.ok()) {
    const bool failed = options_.is_failure ? options_.is_failure(*result) : result->status >= 500;
    return failed ? CallResult::kFailure : CallResult::kSuccess;
  }
  const HttpFailure failure = HttpFailureOf(result.status());
  if (failure.reply_too_large) return CallResult::kSuccess;  // it answers
  const bool in_time = !absl::IsDeadlineExceeded(result.status()) || took >= options_.fair_time;
  if ((absl::IsUnavailable(result.status()) || absl::IsDeadlineExceeded(result.status())) &&
      in_time) {
    return failure.may_have_arrived ? CallResult::kFailure : CallResult::kConnectFailure;
  }
  return CallResult::kNone;
}

void OriginClient::Count(const HttpRequest& request, const absl::StatusOr<HttpResponse>& result,
                         CallResult judged) {
  base::MutexLock lock(mutex_);
  ++stats_.calls;
  if (request.repeat) ++stats_.repeats;
  if (result.ok()) {
    ++stats_.replies;
    if (judged == CallResult::kFailure) ++stats_.failed_replies;
    return;
  }
  ++stats_.no_reply;
  if (!request.body.empty() && HttpFailureOf(result.status()).may_have_arrived) ++stats_.ambiguous;
}

void OriginClient::LogChange(BreakerState state, const std::string& cause) {
  if (state == BreakerState::kOpen) {
    logger_.Warning("the circuit breaker opens: calls are refused for a while",
                    {{"server", origin_}, {"cause", cause}});
  } else {
    logger_.Info("the circuit breaker closes: the server answers again", {{"server", origin_}});
  }
}

absl::StatusOr<HttpResponse> OriginClient::Send(const HttpRequest& request,
                                                const base::CallContext& context) {
  if (!IsOurs(request)) {
    return WithHttpFailure(absl::InvalidArgumentError(absl::StrCat(
                               "a request to another server than ", origin_, " is refused")),
                           kNotSent);
  }
  CircuitBreaker::Ticket ticket;
  AIFX_RETURN_IF_ERROR(Admit(request, context, ticket));
  const absl::Time start = clock_.Now();
  if (!request.repeat) budget_.OnCall(start);
  absl::StatusOr<HttpResponse> result = transport_.Send(request, context);
  const absl::Time end = clock_.Now();
  pacer_.Finish(result.ok() ? &*result : nullptr, end);
  const CallResult judged = Judge(result, end - start);
  Count(request, result, judged);
  const std::string cause = CauseOf(result);
  const auto changed = breaker_.Record(ticket, judged, cause, end);
  if (changed.has_value()) LogChange(*changed, cause);
  return result;
}

OriginStats OriginClient::Stats() const {
  const CircuitBreaker::Snapshot breaker = breaker_.snapshot();
  const RetryBudget::Snapshot budget = budget_.snapshot();
  base::MutexLock lock(mutex_);
  OriginStats stats = stats_;
  stats.breaker = breaker.state;
  stats.breaker_opened = breaker.opened;
  stats.repeats_denied = budget.denied;
  stats.repeats_left = budget.tokens;
  return stats;
}

}  // namespace aifx::http
