#ifndef AIFX_CLIENT_HTTP_URL_H_
#define AIFX_CLIENT_HTTP_URL_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace aifx::http {

// Where a service answers: scheme, host, port and a path that its routes start with.
struct BaseUrl {
  std::string scheme;  // "http" or "https"
  std::string host;    // a name, an IPv4 address, or an IPv6 address without its brackets
  int port = 0;        // 1..65535; the scheme's own where the text names none
  std::string path;    // "" or "/prefix", without a slash at the end
  std::string text;    // the whole, normalized, without a slash at the end

  // True for localhost, *.localhost, 127.0.0.0/8 and ::1. Never resolves a name.
  bool IsLoopback() const;
};

// InvalidArgument, saying what is wrong, for anything but an absolute http or https URL without
// user information, query, fragment, white space or control characters. The message repeats the
// text only where it cannot hold a password.
absl::StatusOr<BaseUrl> ParseBaseUrl(absl::string_view text);

// Percent-encodes all but RFC 3986's unreserved characters: safe as one path segment and as one
// query value (`EUR/USD` becomes `EUR%2FUSD`).
std::string PercentEncode(absl::string_view text);

using Query = std::vector<std::pair<std::string, std::string>>;

// "?a=1&b=2" with names and values percent-encoded; "" for an empty query.
std::string QueryString(const Query& query);

}  // namespace aifx::http

#endif  // AIFX_CLIENT_HTTP_URL_H_
