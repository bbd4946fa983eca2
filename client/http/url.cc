#include "client/http/url.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace aifx::http {
namespace {

bool IsLoopbackIpv4(absl::string_view host) {
  const std::vector<absl::string_view> parts = absl::StrSplit(host, '.');
  if (parts.size() != 4 || parts[0] != "127") return false;
  return std::all_of(parts.begin(), parts.end(), [](absl::string_view part) {
    int value = 0;
    return !part.empty() && part.size() <= 3 &&
           std::all_of(part.begin(), part.end(), absl::ascii_isdigit) &&
           absl::SimpleAtoi(part, &value) && value <= 255;
  });
}

bool IsHostName(absl::string_view host) {
  return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
    return absl::ascii_isalnum(c) || c == '-' || c == '.' || c == '_';
  });
}

bool IsIpv6Text(absl::string_view host) {
  return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
    return absl::ascii_isxdigit(c) || c == ':' || c == '.';
  });
}

// Splits "host", "host:port", "[v6]" or "[v6]:port".
absl::Status ParseAuthority(absl::string_view authority, BaseUrl& url) {
  absl::string_view rest = authority;
  if (absl::ConsumePrefix(&rest, "[")) {
    const size_t end = rest.find(']');
    if (end == absl::string_view::npos || !IsIpv6Text(rest.substr(0, end))) {
      return absl::InvalidArgumentError(absl::StrCat("host `", authority, "` is not valid"));
    }
    url.host = std::string(rest.substr(0, end));
    rest.remove_prefix(end + 1);
  } else {
    const size_t end = std::min(rest.find(':'), rest.size());
    if (!IsHostName(rest.substr(0, end))) {
      return absl::InvalidArgumentError(absl::StrCat("host `", authority, "` is not valid"));
    }
    url.host = absl::AsciiStrToLower(rest.substr(0, end));
    rest.remove_prefix(end);
  }
  url.port = url.scheme == "https" ? 443 : 80;
  if (rest.empty()) return absl::OkStatus();
  const bool digits = rest.size() > 1 && rest[0] == ':' &&
                      std::all_of(rest.begin() + 1, rest.end(), absl::ascii_isdigit);
  if (!digits || !absl::SimpleAtoi(rest.substr(1), &url.port) || url.port < 1 || url.port > 65535) {
    return absl::InvalidArgumentError(absl::StrCat("port of `", authority, "` is not 1..65535"));
  }
  return absl::OkStatus();
}

}  // namespace

bool BaseUrl::IsLoopback() const {
  return host == "localhost" || absl::EndsWith(host, ".localhost") || host == "::1" ||
         IsLoopbackIpv4(host);
}

absl::StatusOr<BaseUrl> ParseBaseUrl(absl::string_view text) {
  BaseUrl url;
  // Before anything that quotes the text: what stands before an @ may be a password.
  if (absl::StrContains(text, '@')) {
    return absl::InvalidArgumentError("a URL with user information (user:password@) is refused");
  }
  for (const char c : text) {
    if (!absl::ascii_isgraph(c)) {
      return absl::InvalidArgumentError(
          "a URL with white space, control or non-ASCII characters is refused");
    }
  }
  if (text.find_first_of("?#") != absl::string_view::npos) {
    return absl::InvalidArgumentError("a base URL with a query or a fragment is refused");
  }
  const size_t colon = text.find("://");
  if (colon != absl::string_view::npos) {
    url.scheme = absl::AsciiStrToLower(text.substr(0, colon));
  }
  if (url.scheme != "http" && url.scheme != "https") {
    return absl::InvalidArgumentError(
        absl::StrCat("`", text, "` does not start with http:// or https://"));
  }
  const absl::string_view rest = text.substr(colon + 3);
  const size_t slash = std::min(rest.find('/'), rest.size());
  if (absl::Status status = ParseAuthority(rest.substr(0, slash), url); !status.ok()) {
    return status;
  }
  absl::string_view path = rest.substr(slash);
  while (absl::ConsumeSuffix(&path, "/")) {
  }
  url.path = std::string(path);
  url.text = absl::StrCat(url.scheme, "://", absl::AsciiStrToLower(rest.substr(0, slash)), path);
  return url;
}

std::string PercentEncode(absl::string_view text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(text.size());
  for (const char c : text) {
    if (absl::ascii_isalnum(c) || c == '-' || c == '.' || c == '_' || c == '~') {
      encoded.push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded.push_back('%');
    encoded.push_back(kHex[byte >> 4]);
    encoded.push_back(kHex[byte & 15]);
  }
  return encoded;
}

std::string QueryString(const Query& query) {
  std::string text;
  for (const auto& [name, value] : query) {
    absl::StrAppend(&text, text.empty() ? "?" : "&", PercentEncode(name), "=",
                    PercentEncode(value));
  }
  return text;
}

}  // namespace aifx::http
