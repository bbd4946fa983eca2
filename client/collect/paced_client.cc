#include "client/collect/paced_client.h"

#include "client/http/http_failure.h"
#include "core/base/status_macros.h"

namespace aifx::collect {

absl::StatusOr<http::HttpResponse> PacedClient::Send(const http::HttpRequest& request,
                                                     const base::CallContext& context) {
  AIFX_RETURN_IF_ERROR(AwaitTurn(context));
  return client_.Send(request, context);
}

absl::Status PacedClient::AwaitTurn(const base::CallContext& context) {
  base::MutexLock lock(mutex_);
  if (begun_.size() == max_requests_) {
    const absl::Duration wait = begun_.front() + window_ - clock_.Now();
    if (clock_.Now() + wait > context.deadline) {
      return http::WithHttpFailure(
          absl::DeadlineExceededError("the request limit of the source leaves no time"),
          {.may_have_arrived = false});
    }
    // The lock is held: whoever comes next has to wait longer anyway.
    clock_.SleepFor(wait);
    begun_.pop_front();
  }
  begun_.push_back(clock_.Now());
  return absl::OkStatus();
}

}  // namespace aifx::collect
