#include "client/http/curl_transfer.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/http/http_failure.h"

namespace aifx::http {
namespace {

constexpr size_t kMaxHeaderBytes = size_t{64} << 10;

size_t ReadBody(char* buffer, size_t size, size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  const size_t length = std::min(size * count, transfer.request.body.size() - transfer.body_sent);
  std::memcpy(buffer, transfer.request.body.data() + transfer.body_sent, length);
  transfer.body_sent += length;
  return length;
}

// Called with decompressed data: the cap holds whatever Content-Length said, or did not say.
size_t WriteBody(char* data, size_t size, size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  const size_t length = size * count;
  if (length > transfer.request.max_response_bytes - transfer.response.body.size()) {
    transfer.too_large = true;
    return 0;
  }
  transfer.response.body.append(data, length);
  return length;
}

size_t WriteHeader(char* data, size_t size, size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  const absl::string_view line = absl::StripAsciiWhitespace({data, size * count});
  transfer.header_bytes += size * count;
  if (transfer.header_bytes > kMaxHeaderBytes) {
    transfer.too_large = true;
    return 0;
  }
  if (absl::StartsWith(line, "HTTP/")) {  // a final reply follows an interim one
    transfer.response.headers.clear();
    transfer.head_complete = false;
    return size * count;
  }
  if (line.empty()) transfer.head_complete = true;
  const size_t colon = line.find(':');
  if (colon != absl::string_view::npos) {
    transfer.response.headers.emplace_back(
        std::string(line.substr(0, colon)),
        std::string(absl::StripAsciiWhitespace(line.substr(colon + 1))));
  }
  return size * count;
}

int AbortWhenCancelled(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Transfer*>(user)->context.IsCancelled() ? 1 : 0;
}

long Milliseconds(absl::Duration duration) {  // NOLINT(runtime/int): libcurl's type
  const int64_t milliseconds =
      absl::ToInt64Milliseconds(absl::Ceil(duration, absl::Milliseconds(1)));
  return static_cast<long>(std::clamp<int64_t>(milliseconds, 1, 1'000'000'000));
}

void AddHeaders(const HttpRequest& request, HeaderList& headers) {
  for (const auto& [name, value] : request.headers) {
    // libcurl's way to send a header without a value.
    headers.Add(value.empty() ? absl::StrCat(name, ";") : absl::StrCat(name, ": ", value));
  }
  headers.Add("Expect:");  // no waiting for 100 Continue before a large body
}

void SetMethodAndBody(CURL* handle, Transfer& transfer) {
  const HttpRequest& request = transfer.request;
  if (request.method == "GET" && request.body.empty()) {
    curl_easy_setopt(handle, CURLOPT_HTTPGET, 1L);
    return;
  }
  curl_easy_setopt(handle, CURLOPT_POST, 1L);
  curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE,
                   static_cast<curl_off_t>(request.body.size()));
  // libcurl silently sends a request again when a reused connection dies without a byte of reply.
  // A body that it cannot rewind (a read callback, no seek callback) stops that with error 65;
  // where there is no body to rewind, only a new connection does.
  curl_easy_setopt(handle, CURLOPT_READFUNCTION, ReadBody);
  curl_easy_setopt(handle, CURLOPT_READDATA, &transfer);
  if (request.body.empty()) curl_easy_setopt(handle, CURLOPT_FRESH_CONNECT, 1L);
}

void SetPolicy(CURL* handle, const CurlOptions& options, absl::Duration total) {
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(handle, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!options.ca_bundle.empty()) {
    curl_easy_setopt(handle, CURLOPT_CAINFO, options.ca_bundle.c_str());
  }
  curl_easy_setopt(handle, CURLOPT_PROXY, options.proxy.c_str());
  curl_easy_setopt(handle, CURLOPT_NOPROXY, "");
  curl_easy_setopt(handle, CURLOPT_ACCEPT_ENCODING, "gzip");
  curl_easy_setopt(handle, CURLOPT_USERAGENT, options.user_agent.c_str());
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, Milliseconds(options.connect_timeout));
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, Milliseconds(total));
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT,
                   static_cast<long>(options.low_speed_bytes_per_second));
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME,
                   static_cast<long>(absl::ToInt64Seconds(options.low_speed_time)));
  curl_easy_setopt(handle, CURLOPT_MAXAGE_CONN,
                   static_cast<long>(absl::ToInt64Seconds(options.max_idle_connection_age)));
}

void SetCallbacks(CURL* handle, Transfer& transfer, const HeaderList& headers) {
  curl_easy_setopt(handle, CURLOPT_URL, transfer.request.url.c_str());
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, transfer.error);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, WriteBody);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, WriteHeader);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, &transfer);
  curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, AbortWhenCancelled);
  curl_easy_setopt(handle, CURLOPT_XFERINFODATA, &transfer);
}

}  // namespace

void SetUp(CURL* handle, const CurlOptions& options, absl::Duration total, Transfer& transfer,
           HeaderList& headers) {
  AddHeaders(transfer.request, headers);
  SetPolicy(handle, options, total);
  SetMethodAndBody(handle, transfer);
  SetCallbacks(handle, transfer, headers);
}

std::string Describe(const HttpRequest& request) {
  return absl::StrCat(request.method, " ", request.url.substr(0, request.url.find('?')));
}

absl::Status FailureStatus(CURL* handle, CURLcode code, const Transfer& transfer,
                           absl::Duration total) {
  long request_bytes = 0;
  curl_off_t elapsed_us = 0;
  curl_easy_getinfo(handle, CURLINFO_REQUEST_SIZE, &request_bytes);
  curl_easy_getinfo(handle, CURLINFO_TOTAL_TIME_T, &elapsed_us);
  // Not by error code: what fails before a connection stands has sent no byte of the request, and
  // some codes (a reply that is not HTTP, a timeout) come both before and after that.
  const HttpFailure failure{.may_have_arrived = request_bytes > 0,
                            .reply_too_large = transfer.too_large};
  const std::string what = Describe(transfer.request);
  if (transfer.too_large) {
    return WithHttpFailure(
        absl::ResourceExhaustedError(absl::StrCat("the reply to ", what, " is larger than ",
                                                  transfer.request.max_response_bytes, " bytes")),
        failure);
  }
  if (code == CURLE_ABORTED_BY_CALLBACK) {
    return WithHttpFailure(absl::CancelledError(absl::StrCat(what, " was cancelled")), failure);
  }
  // Connecting and low speed have their own, shorter limits: those say that the server is not
  // well, not that the caller's time is over.
  if (code == CURLE_OPERATION_TIMEDOUT &&
      absl::Microseconds(elapsed_us) + absl::Milliseconds(2) >= total) {
    return WithHttpFailure(absl::DeadlineExceededError(absl::StrCat(
                               what, " has no complete reply after ", absl::FormatDuration(total))),
                           failure);
  }
  const char* reason = transfer.error[0] != '\0' ? transfer.error : curl_easy_strerror(code);
  if (code == CURLE_SEND_FAIL_REWIND) reason = "the connection died before a reply came";
  return WithHttpFailure(absl::UnavailableError(absl::StrCat(what, ": ", reason)), failure);
}

}  // namespace aifx::http
