#include "client/http/request_check.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace aifx::http {
namespace {

bool IsHeaderName(absl::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_isalnum(c) || std::strchr("!#$%&'*+-.^_`|~", c) != nullptr;
  });
}

}  // namespace

absl::Status CheckRequest(const HttpRequest& request) {
  if (request.method.empty() ||
      !std::all_of(request.method.begin(), request.method.end(), absl::ascii_isupper)) {
    return absl::InvalidArgumentError(
        absl::StrCat("HTTP method `", request.method, "` is not upper-case letters"));
  }
  const std::string start = absl::AsciiStrToLower(request.url.substr(0, 8));
  if (!absl::StartsWith(start, "http://") && !absl::StartsWith(start, "https://")) {
    return absl::InvalidArgumentError("the URL is not an absolute http or https URL");
  }
  if (!std::all_of(request.url.begin(), request.url.end(), absl::ascii_isgraph)) {
    return absl::InvalidArgumentError("the URL has white space, control or non-ASCII characters");
  }
  for (const auto& [name, value] : request.headers) {
    // Values may be secrets: they are never part of a message.
    if (!IsHeaderName(name)) {
      return absl::InvalidArgumentError("a header's name has characters other than RFC 9110's");
    }
    if (value.find_first_of("\r\n\0", 0, 3) != std::string::npos) {
      return absl::InvalidArgumentError(
          absl::StrCat("header ", name, " has CR, LF or NUL in its value"));
    }
  }
  return absl::OkStatus();
}

}  // namespace aifx::http
