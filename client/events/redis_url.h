#ifndef AIFX_CLIENT_EVENTS_REDIS_URL_H_
#define AIFX_CLIENT_EVENTS_REDIS_URL_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace aifx::events {

// Where a Redis server is and how to log in.
struct RedisTarget {
  std::string host;  // without brackets
  int port = 6379;
  std::string user;      // empty: the default user
  std::string password;  // secret: never printed; empty: no login
  int database = 0;

  // "redis://host:port/0", without user and password: for messages and logs.
  std::string ToString() const;
};

// Reads redis://[[user]:password@]host[:port][/database], user and password percent-encoded where
// they hold `:/@?#%`. InvalidArgument says what is wrong and never repeats the text, which may hold
// a password; so for rediss:// too, because Debian's hiredis comes without TLS.
absl::StatusOr<RedisTarget> ParseRedisUrl(absl::string_view url);

}  // namespace aifx::events

#endif  // AIFX_CLIENT_EVENTS_REDIS_URL_H_
