#ifndef AIFX_CLIENT_HTTP_ORIGIN_CLIENT_H_
#define AIFX_CLIENT_HTTP_ORIGIN_CLIENT_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "client/http/circuit_breaker.h"
#include "client/http/http_client.h"
#include "client/http/origin_stats.h"
#include "client/http/pacer.h"
#include "client/http/retry.h"
#include "client/http/retry_budget.h"
#include "client/http/url.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/base/mutex.h"

namespace aifx::http {

struct OriginOptions {
  PacerOptions pacer;
  BreakerOptions breaker;
  RetryBudgetOptions retry_budget;
  // What a call waits at most for the rate limit, and a background call for the circuit breaker as
  // well; its deadline may be nearer.
  absl::Duration longest_interactive_wait = absl::Seconds(10);
  absl::Duration longest_background_wait = absl::Hours(1);
  // A call that ran out of time says that the server is ill only where it had at least so long:
  // callers in a hurry must not open the circuit breaker for all others.
  absl::Duration fair_time = absl::Seconds(1);
  // Whether a complete reply says that the server is ill; unset: status 500 and above.
  std::function<bool(const HttpResponse&)> is_failure;
};

// What an OriginClient works with; all outlive it.
struct OriginDependencies {
  HttpClient& transport;
  base::Clock& clock;
  base::Logger& logger;
  UniformSource uniform;
};

// Everything that is sent to one server (scheme, host and port), protected in this order: while the
// circuit breaker is open, refused at once, or held back where nobody waits; held back while the
// rate limit has no room; asked of the breaker once more, since a wait may have been long; sent.
// One object a server, shared by all that call it. Thread-safe.
class OriginClient final : public HttpClient {
 public:
  OriginClient(const BaseUrl& url, OriginOptions options, OriginDependencies dependencies);

  // Beside what the transport returns, with HttpFailure::refused_here and base::WithRetryAfter:
  // UNAVAILABLE while the breaker is open, for a background call only where the wait for it would
  // pass the deadline or the options' limit; RESOURCE_EXHAUSTED, without waiting first, where the
  // wait for the rate limit would pass the deadline or the options' limit. CANCELLED for a context
  // that is cancelled meanwhile. INVALID_ARGUMENT for a request to another server.
  absl::StatusOr<HttpResponse> Send(const HttpRequest& request,
                                    const base::CallContext& context) override;

  // For Retrier; counts the calls that this client sends.
  RetryBudget& retry_budget() { return budget_; }

  OriginStats Stats() const;

 private:
  bool IsOurs(const HttpRequest& request) const;
  // Held back until the breaker may let it through and the rate limit has room; `ticket` is the
  // breaker's. Every call that is let through is given to pacer_.Finish and breaker_.Record.
  absl::Status Admit(const HttpRequest& request, const base::CallContext& context,
                     CircuitBreaker::Ticket& ticket);
  absl::Status WaitForBreaker(const HttpRequest& request, const base::CallContext& context,
                              absl::Duration& waited);
  absl::Status WaitForTurn(const HttpRequest& request, const base::CallContext& context);
  absl::Status RateLimited(absl::Duration wait, bool unavailable);
  absl::Status Refused(const CircuitBreaker::Refusal& refusal);
  CallResult Judge(const absl::StatusOr<HttpResponse>& result, absl::Duration took) const;
  void Count(const HttpRequest& request, const absl::StatusOr<HttpResponse>& result,
             CallResult judged);
  void LogChange(BreakerState state, const std::string& cause);

  const std::string origin_;  // "http://host:3000", as messages name it
  const BaseUrl url_;
  const OriginOptions options_;
  HttpClient& transport_;
  base::Clock& clock_;
  base::Logger& logger_;
  Pacer pacer_;
  CircuitBreaker breaker_;
  RetryBudget budget_;
  mutable base::Mutex mutex_;
  OriginStats stats_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace aifx::http

#endif  // AIFX_CLIENT_HTTP_ORIGIN_CLIENT_H_
