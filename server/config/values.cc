#include "server/config/values.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "core/base/status_macros.h"

namespace aifx::config {
namespace {

absl::Status NotA(absl::string_view text, absl::string_view accepted) {
  return absl::InvalidArgumentError(absl::StrCat("\"", text, "\" is not ", accepted));
}

// The authority of a URL: what stands between `://` and the next slash.
absl::string_view AuthorityOf(absl::string_view url) {
  url.remove_prefix(url.find("://") + 3);
  return url.substr(0, url.find('/'));
}

// Host and the text of the port (empty where there is none).
absl::StatusOr<std::pair<std::string, std::string>> SplitHost(absl::string_view text) {
  if (absl::StartsWith(text, "[")) {
    const size_t end = text.find(']');
    if (end == absl::string_view::npos || end == 1) return NotA(text, "a host: `]` is missing");
    const absl::string_view rest = text.substr(end + 1);
    if (!rest.empty() && rest[0] != ':') return NotA(text, "a host and a port");
    return std::make_pair(std::string(text.substr(1, end - 1)),
                          std::string(rest.empty() ? rest : rest.substr(1)));
  }
  const size_t colon = text.find(':');
  if (colon != text.rfind(':')) {
    return NotA(text, "a host and a port: an IPv6 address needs brackets");
  }
  if (colon == absl::string_view::npos) return std::make_pair(std::string(text), std::string());
  return std::make_pair(std::string(text.substr(0, colon)), std::string(text.substr(colon + 1)));
}

bool IsHostCharacter(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-' || c == '_' ||
         c == ':' || c == '%';
}

bool IsHost(absl::string_view host) {
  return !host.empty() && std::all_of(host.begin(), host.end(), IsHostCharacter);
}

}  // namespace

absl::StatusOr<bool> ParseBool(absl::string_view text) {
  const std::string lower = absl::AsciiStrToLower(text);
  if (lower == "true" || lower == "1" || lower == "yes" || lower == "on") return true;
  if (lower == "false" || lower == "0" || lower == "no" || lower == "off") return false;
  return NotA(text, "true or false");
}

absl::StatusOr<int64_t> ParseInteger(absl::string_view text, int64_t low, int64_t high) {
  int64_t value = 0;
  if (!absl::SimpleAtoi(text, &value) || value < low || value > high) {
    return NotA(text, absl::StrCat("a whole number in ", low, "..", high));
  }
  return value;
}

absl::StatusOr<absl::Duration> ParseDuration(absl::string_view text, absl::Duration low,
                                             absl::Duration high) {
  absl::Duration value;
  if (!absl::ParseDuration(text, &value) || value < low || value > high) {
    return NotA(text, absl::StrCat("a duration such as 2s or 500ms in ", absl::FormatDuration(low),
                                   "..", absl::FormatDuration(high)));
  }
  return value;
}

absl::StatusOr<std::pair<std::string, int>> ParseHostPort(absl::string_view text) {
  AIFX_ASSIGN_OR_RETURN(const auto parts, SplitHost(text));
  int64_t port = 0;
  if (!IsHost(parts.first)) return NotA(text, "HOST:PORT");
  if (!absl::SimpleAtoi(parts.second, &port) || port < 0 || port > 65535) {
    return NotA(text, "HOST:PORT with a port in 0..65535");
  }
  return std::make_pair(parts.first, static_cast<int>(port));
}

bool IsLoopbackHost(absl::string_view host) {
  if (absl::EqualsIgnoreCase(host, "localhost") || host == "::1") return true;
  if (!absl::StartsWith(host, "127.")) return false;
  // `127.evil.example` is a name, not an address.
  return std::all_of(host.begin(), host.end(), [](char c) {
    return c == '.' || absl::ascii_isdigit(static_cast<unsigned char>(c));
  });
}

absl::StatusOr<std::string> ParseBackendUrl(absl::string_view text) {
  // Before anything is repeated in a message: a password may stand in the user information.
  if (absl::StrContains(text, '@')) {
    return absl::InvalidArgumentError("the URL holds user information (`@`)");
  }
  const bool scheme_ok = absl::StartsWith(text, "http://") || absl::StartsWith(text, "https://");
  if (!scheme_ok) return NotA(text, "an http:// or https:// URL");
  for (const char c : text) {
    const bool printable = absl::ascii_isgraph(static_cast<unsigned char>(c));
    if (!printable) return absl::InvalidArgumentError("the URL holds a space or control character");
    if (c == '?' || c == '#' || c == '\\') {
      return absl::InvalidArgumentError(
          absl::StrCat("the URL holds `", absl::string_view(&c, 1), "`: give the base only"));
    }
  }
  AIFX_ASSIGN_OR_RETURN(const auto parts, SplitHost(AuthorityOf(text)));
  int64_t port = 0;
  const bool port_ok =
      parts.second.empty() || (absl::SimpleAtoi(parts.second, &port) && port > 0 && port <= 65535);
  if (!IsHost(parts.first) || !port_ok) return NotA(text, "a URL with a host and a valid port");
  while (absl::ConsumeSuffix(&text, "/")) {
  }
  return std::string(text);
}

std::string HostOfUrl(absl::string_view url) {
  const auto parts = SplitHost(AuthorityOf(url));
  return parts.ok() ? parts->first : "";
}

}  // namespace aifx::config
