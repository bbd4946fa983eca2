#ifndef AIFX_CLIENT_HTTP_CURL_TRANSFER_H_
#define AIFX_CLIENT_HTTP_CURL_TRANSFER_H_

// Private to curl_client.cc: libcurl's header stays out of what others include.

#include <curl/curl.h>

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "client/http/curl_client.h"
#include "client/http/http_client.h"
#include "core/base/call_context.h"

namespace aifx::http {

// curl_slist_append returns null when out of memory, and then keeps the list as it was.
class HeaderList {
 public:
  ~HeaderList() { curl_slist_free_all(list_); }
  HeaderList() = default;
  HeaderList(const HeaderList&) = delete;
  HeaderList& operator=(const HeaderList&) = delete;

  void Add(const std::string& line) {
    if (curl_slist* longer = curl_slist_append(list_, line.c_str())) list_ = longer;
  }
  curl_slist* get() const { return list_; }

 private:
  curl_slist* list_ = nullptr;
};

// What the callbacks of one transfer share. Its arguments outlive it.
struct Transfer {
  Transfer(const HttpRequest& sent, const base::CallContext& call) : request(sent), context(call) {}

  const HttpRequest& request;
  const base::CallContext& context;
  HttpResponse response;
  size_t body_sent = 0;
  size_t header_bytes = 0;
  bool head_complete = false;
  bool too_large = false;
  char error[CURL_ERROR_SIZE] = {};
};

// Makes `handle` ready to send transfer.request, with at most `total` for all of it. `transfer` and
// `headers`, which it fills, must outlive the transfer.
void SetUp(CURL* handle, const CurlOptions& options, absl::Duration total, Transfer& transfer,
           HeaderList& headers);

// The request as messages name it: without its query.
std::string Describe(const HttpRequest& request);

// What a transfer that ended with `code` failed of, with its HttpFailure.
absl::Status FailureStatus(CURL* handle, CURLcode code, const Transfer& transfer,
                           absl::Duration total);

}  // namespace aifx::http

#endif  // AIFX_CLIENT_HTTP_CURL_TRANSFER_H_
