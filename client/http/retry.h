#ifndef AIFX_CLIENT_HTTP_RETRY_H_
#define AIFX_CLIENT_HTTP_RETRY_H_

#include <functional>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/http/http_client.h"
#include "client/http/retry_budget.h"
#include "core/base/call_context.h"
#include "core/base/clock.h"

namespace aifx::http {

struct RetryPolicy {
  int max_attempts = 3;  // the first one included; 1 turns repeats off
  absl::Duration first_backoff = absl::Milliseconds(200);
  absl::Duration max_backoff = absl::Seconds(5);
  // An interactive call that Retry-After asks to wait longer is not repeated: its caller may
  // decide.
  absl::Duration longest_interactive_wait = absl::Seconds(10);
};

// Uniform numbers in [0, 1); thread-safe.
using UniformSource = std::function<double()>;
UniformSource SystemUniform();

// Repeats idempotent exchanges that failed for reasons which pass: network errors, the client's
// own time limit, and replies that `IsTransient` names. Waits with full jitter between attempts,
// U(0, min(max_backoff, first_backoff * 2^n)) (Brooker, "Exponential Backoff And Jitter", 2015),
// and at least as long as Retry-After asks. What this side refused to send is not repeated, and no
// more is than the retry budget grants. Thread-safe.
class Retrier {
 public:
  // Whether a complete reply is worth asking for again.
  using IsTransient = std::function<bool(const HttpResponse&)>;
  // Told of every failed attempt that will be repeated: its number (from 1), what came of it and
  // the wait.
  using OnRepeat = std::function<void(int attempt, const absl::StatusOr<HttpResponse>& result,
                                      absl::Duration wait)>;

  // `client`, `clock` and `budget` (null: repeats are bounded by the policy alone) outlive the
  // Retrier. `client` counts the calls into `budget`.
  Retrier(HttpClient& client, base::Clock& clock, UniformSource uniform, RetryPolicy policy,
          RetryBudget* budget = nullptr)
      : client_(client),
        clock_(clock),
        uniform_(std::move(uniform)),
        policy_(policy),
        budget_(budget) {}

  // The last attempt's result; HttpFailure::may_have_arrived where it holds for any attempt. Where
  // this side refuses to send a repeat, the result of the attempt before, with the refusal's wait
  // (as base::WithRetryAfter, or in a reply that has none as its Retry-After). A wait that would
  // pass the context's deadline is not begun, nor a repeat made that the budget denies: the result
  // at hand is returned instead. CANCELLED where the context is cancelled during a wait. Repeating
  // must be harmless: pass a request that is not idempotent straight to the HttpClient.
  absl::StatusOr<HttpResponse> SendIdempotent(const HttpRequest& request,
                                              const base::CallContext& context,
                                              const IsTransient& is_transient = IsTransientStatus,
                                              const OnRepeat& on_repeat = nullptr) const;

  // 408, 429, 500, 502, 503, 504.
  static bool IsTransientStatus(const HttpResponse& response);

 private:
  absl::Duration Backoff(int failed_attempts) const;
  // False where the context was cancelled meanwhile.
  bool Wait(absl::Duration wait, const base::CallContext& context) const;

  HttpClient& client_;
  base::Clock& clock_;
  UniformSource uniform_;
  RetryPolicy policy_;
  RetryBudget* budget_;
};

}  // namespace aifx::http

#endif  // AIFX_CLIENT_HTTP_RETRY_H_
