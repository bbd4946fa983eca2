#include "client/http/curl_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/http/curl_transfer.h"
#include "client/http/http_failure.h"
#include "client/http/request_check.h"
#include "core/base/mutex.h"

namespace aifx::http {
namespace {

constexpr size_t kMaxIdleHandles = 16;

}  // namespace

// Easy handles with their open connections; each is used by one call at a time.
class CurlClient::HandlePool {
 public:
  HandlePool() {
    // Never undone: other handles of the process may live longer.
    static const CURLcode initialized = curl_global_init(CURL_GLOBAL_DEFAULT);
    static_cast<void>(initialized);
  }
  ~HandlePool() {
    for (CURL* handle : idle_) curl_easy_cleanup(handle);
  }
  HandlePool(const HandlePool&) = delete;
  HandlePool& operator=(const HandlePool&) = delete;

  // Null when out of memory. The last one released comes first: its connection is the freshest.
  CURL* Acquire() {
    {
      base::MutexLock lock(mutex_);
      if (!idle_.empty()) {
        CURL* handle = idle_.back();
        idle_.pop_back();
        return handle;
      }
    }
    return curl_easy_init();
  }

  void Release(CURL* handle) {
    curl_easy_reset(handle);  // options only: connections stay
    {
      base::MutexLock lock(mutex_);
      if (idle_.size() < kMaxIdleHandles) {
        idle_.push_back(handle);
        return;
      }
    }
    curl_easy_cleanup(handle);
  }

 private:
  base::Mutex mutex_;
  std::vector<CURL*> idle_ ABSL_GUARDED_BY(mutex_);
};

CurlClient::CurlClient(CurlOptions options, base::Clock& clock)
    : options_(std::move(options)), clock_(clock), pool_(std::make_unique<HandlePool>()) {}

CurlClient::~CurlClient() = default;

absl::StatusOr<HttpResponse> CurlClient::Send(const HttpRequest& request,
                                              const base::CallContext& context) {
  const HttpFailure not_sent{.may_have_arrived = false};
  if (absl::Status status = CheckRequest(request); !status.ok()) {
    return WithHttpFailure(std::move(status), not_sent);
  }
  if (context.IsCancelled()) {
    return WithHttpFailure(absl::CancelledError(absl::StrCat(Describe(request), " was cancelled")),
                           not_sent);
  }
  const absl::Duration total = std::min(options_.total_timeout, context.deadline - clock_.Now());
  if (total <= absl::ZeroDuration()) {
    return WithHttpFailure(absl::DeadlineExceededError(absl::StrCat(
                               "the deadline passed before ", Describe(request), " was sent")),
                           not_sent);
  }
  CURL* handle = pool_->Acquire();
  if (handle == nullptr) {
    return WithHttpFailure(absl::UnavailableError("libcurl has no memory"), not_sent);
  }
  Transfer transfer(request, context);
  HeaderList headers;
  SetUp(handle, options_, total, transfer, headers);
  CURLcode code = curl_easy_perform(handle);
  // libcurl takes a connection that closes within the reply's head for a complete, empty reply.
  if (code == CURLE_OK && !transfer.head_complete) code = CURLE_PARTIAL_FILE;
  absl::Status status;
  if (code == CURLE_OK) {
    long http_status = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &http_status);
    transfer.response.status = static_cast<int>(http_status);
  } else {
    status = FailureStatus(handle, code, transfer, total);
  }
  pool_->Release(handle);
  if (!status.ok()) return status;
  return std::move(transfer.response);
}

}  // namespace aifx::http
