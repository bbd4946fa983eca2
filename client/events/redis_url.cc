#include "client/events/redis_url.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "core/base/status_macros.h"

namespace aifx::events {
namespace {

constexpr int kMaxDatabase = 1'000'000;

absl::Status Wrong(absl::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat("the Redis URL ", what, "; its form is redis://[user:password@]host:port[/db]"));
}

absl::StatusOr<std::string> PercentDecoded(absl::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded.push_back(text[i]);
      continue;
    }
    int byte = 0;
    if (i + 2 >= text.size() || !absl::SimpleHexAtoi(text.substr(i + 1, 2), &byte)) {
      return Wrong("has a `%` in its user or password that is not followed by two hex digits");
    }
    decoded.push_back(static_cast<char>(byte));
    i += 2;
  }
  return decoded;
}

absl::Status ReadLogin(absl::string_view login, RedisTarget& target) {
  const size_t colon = login.find(':');
  if (colon == absl::string_view::npos) return Wrong("has a user without a password");
  AIFX_ASSIGN_OR_RETURN(target.user, PercentDecoded(login.substr(0, colon)));
  AIFX_ASSIGN_OR_RETURN(target.password, PercentDecoded(login.substr(colon + 1)));
  if (target.password.empty()) return Wrong("has an empty password");
  return absl::OkStatus();
}

bool IsHost(absl::string_view host) {
  return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-' || c == '_' ||
           c == ':';
  });
}

absl::Status ReadAddress(absl::string_view address, RedisTarget& target) {
  absl::string_view host = address, port;
  if (absl::ConsumePrefix(&address, "[")) {
    const size_t end = address.find(']');
    if (end == absl::string_view::npos) return Wrong("has a host without its `]`");
    host = address.substr(0, end);
    port = address.substr(end + 1);
    if (!port.empty() && !absl::ConsumePrefix(&port, ":")) return Wrong("has no valid port");
  } else if (const size_t colon = address.find(':'); colon != absl::string_view::npos) {
    host = address.substr(0, colon);
    port = address.substr(colon + 1);
    if (port.empty()) return Wrong("has no valid port");
  }
  if (!IsHost(host)) return Wrong("has no valid host");
  target.host = std::string(host);
  if (!port.empty() &&
      (!absl::SimpleAtoi(port, &target.port) || target.port < 1 || target.port > 65535)) {
    return Wrong("has no valid port");
  }
  return absl::OkStatus();
}

}  // namespace

std::string RedisTarget::ToString() const {
  const bool brackets = absl::StrContains(host, ":");
  return absl::StrCat("redis://", brackets ? "[" : "", host, brackets ? "]" : "", ":", port, "/",
                      database);
}

absl::StatusOr<RedisTarget> ParseRedisUrl(absl::string_view url) {
  if (absl::StartsWith(url, "rediss://")) {
    return Wrong("asks for TLS (rediss), which this program cannot speak to Redis");
  }
  if (!absl::ConsumePrefix(&url, "redis://")) return Wrong("does not begin with redis://");
  RedisTarget target;
  // The last `@`: one in a password that was not encoded must not end up in the host.
  if (const size_t at = url.rfind('@'); at != absl::string_view::npos) {
    AIFX_RETURN_IF_ERROR(ReadLogin(url.substr(0, at), target));
    url.remove_prefix(at + 1);
  }
  if (const size_t slash = url.find('/'); slash != absl::string_view::npos) {
    const absl::string_view database = url.substr(slash + 1);
    if (!database.empty() && (!absl::SimpleAtoi(database, &target.database) ||
                              target.database < 0 || target.database > kMaxDatabase)) {
      return Wrong("has no valid database number after its `/`");
    }
    url = url.substr(0, slash);
  }
  AIFX_RETURN_IF_ERROR(ReadAddress(url, target));
  return target;
}

}  // namespace aifx::events
