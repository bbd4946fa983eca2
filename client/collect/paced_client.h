#ifndef AIFX_CLIENT_COLLECT_PACED_CLIENT_H_
#define AIFX_CLIENT_COLLECT_PACED_CLIENT_H_

#include <deque>

#include "client/http/http_client.h"
#include "core/base/clock.h"
#include "core/base/mutex.h"

namespace aifx::collect {

// An HttpClient that begins at most `max_requests` exchanges in any span of `window`, and waits
// before the next one. Thread-safe; callers that have to wait do so one behind another.
class PacedClient final : public http::HttpClient {
 public:
  // REQUIRES: max_requests > 0, window > 0. `client` and `clock` outlive it.
  PacedClient(http::HttpClient& client, base::Clock& clock, size_t max_requests,
              absl::Duration window)
      : client_(client), clock_(clock), max_requests_(max_requests), window_(window) {}

  // Also DEADLINE_EXCEEDED, without an exchange, where the wait would pass the context's deadline.
  absl::StatusOr<http::HttpResponse> Send(const http::HttpRequest& request,
                                          const base::CallContext& context) override;

 private:
  absl::Status AwaitTurn(const base::CallContext& context);

  http::HttpClient& client_;
  base::Clock& clock_;
  const size_t max_requests_;
  const absl::Duration window_;
  base::Mutex mutex_;
  std::deque<absl::Time> begun_ ABSL_GUARDED_BY(mutex_);  // the newest max_requests_
};

}  // namespace aifx::collect

#endif  // AIFX_CLIENT_COLLECT_PACED_CLIENT_H_
