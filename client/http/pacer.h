#ifndef AIFX_CLIENT_HTTP_PACER_H_
#define AIFX_CLIENT_HTTP_PACER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "client/http/http_client.h"
#include "client/http/rate_limit.h"
#include "core/base/mutex.h"

namespace aifx::http {

struct PacerOptions {
  // Of every limit, kept back from background calls: 0..1. At least one call is left to each side.
  double interactive_share = 0.2;
};

// Says when a call may be sent without running into its server's rate limits, by what replies
// report of them: Retry-After of a 429 or 503, and the forms of ParseRateLimits. Calls that are
// under way count against what was left, because the report may not include them. A server that
// reports nothing is not paced. Never waits by itself. Thread-safe.
class Pacer {
 public:
  explicit Pacer(PacerOptions options) : options_(options) {}

  // Zero: the call may be sent now; it counts as under way until Finish. Otherwise how long (up to
  // an hour) to wait before asking again, and in `unavailable`, where it is not null, whether that
  // is because a 503 asked for it.
  absl::Duration Acquire(Priority priority, absl::Time now, bool* unavailable = nullptr);

  // The end of a call that Acquire let pass; null where it has no reply. What the reply reports
  // holds from now on.
  void Finish(const HttpResponse* reply, absl::Time now);

 private:
  // A limit's window in time. Gone once it has ended: what is left of the next one is not known.
  struct Window {
    std::string policy;
    int64_t limit = 0;      // where the server does not say: the most that was left so far
    int64_t available = 0;  // calls that may still be sent
    absl::Time told_at;     // by the latest reply
    absl::Time reset_at;
  };

  int64_t Reserve(const Window& window, Priority priority) const;
  void Forget(absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Learn(const RateLimit& limit, absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Hold(const HttpResponse& reply, const std::vector<RateLimit>& limits, absl::Time now)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const PacerOptions options_;
  base::Mutex mutex_;
  int64_t under_way_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<Window> windows_ ABSL_GUARDED_BY(mutex_);
  // No call before hold_until_, as a reply at held_at_ asked; it was a 503 where unavailable_.
  absl::Time held_at_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  absl::Time hold_until_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  bool unavailable_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace aifx::http

#endif  // AIFX_CLIENT_HTTP_PACER_H_
