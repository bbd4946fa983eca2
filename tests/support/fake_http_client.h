#ifndef AIFX_TESTS_SUPPORT_FAKE_HTTP_CLIENT_H_
#define AIFX_TESTS_SUPPORT_FAKE_HTTP_CLIENT_H_

#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "client/http/http_client.h"
#include "core/base/mutex.h"

namespace aifx::testing {

// An HttpClient that records requests and answers from a queue, then from a handler. An empty queue
// without a handler answers INTERNAL. Thread-safe.
class FakeHttpClient final : public http::HttpClient {
 public:
  using Handler = std::function<absl::StatusOr<http::HttpResponse>(const http::HttpRequest&)>;

  FakeHttpClient() = default;
  explicit FakeHttpClient(Handler handler) : handler_(std::move(handler)) {}

  void Push(absl::StatusOr<http::HttpResponse> result) {
    base::MutexLock lock(mutex_);
    results_.push_back(std::move(result));
  }
  void PushJson(int status, const std::string& body) { Push(Json(status, body)); }

  static http::HttpResponse Json(int status, const std::string& body) {
    return {.status = status,
            .headers = {{"Content-Type", "application/json; charset=utf-8"}},
            .body = body};
  }

  absl::StatusOr<http::HttpResponse> Send(const http::HttpRequest& request,
                                          const base::CallContext&) override {
    base::MutexLock lock(mutex_);
    requests_.push_back(request);
    if (!results_.empty()) {
      absl::StatusOr<http::HttpResponse> result = std::move(results_.front());
      results_.pop_front();
      return result;
    }
    if (handler_) return handler_(request);
    return absl::InternalError("the test gave no answer for " + request.url);
  }

  std::vector<http::HttpRequest> requests() {
    base::MutexLock lock(mutex_);
    return requests_;
  }

 private:
  Handler handler_;
  base::Mutex mutex_;
  std::deque<absl::StatusOr<http::HttpResponse>> results_ ABSL_GUARDED_BY(mutex_);
  std::vector<http::HttpRequest> requests_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace aifx::testing

#endif  // AIFX_TESTS_SUPPORT_FAKE_HTTP_CLIENT_H_
