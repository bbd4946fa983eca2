#ifndef AIFX_CLIENT_EVENTS_REDIS_CONNECTION_H_
#define AIFX_CLIENT_EVENTS_REDIS_CONNECTION_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/events/redis_url.h"

struct redisContext;

namespace aifx::events {

// One connection to Redis, logged in and with its database chosen. Used by one thread, in which
// SIGPIPE is blocked from Open on: hiredis writes without MSG_NOSIGNAL. After an error the
// connection is of no more use. Messages name the server and never hold a password.
class RedisConnection {
 public:
  // Connecting, and later each answer, may take `timeout`. Unavailable where the server cannot be
  // reached, FailedPrecondition where it refuses the login.
  static absl::StatusOr<std::unique_ptr<RedisConnection>> Open(const RedisTarget& target,
                                                               absl::Duration timeout);

  // Sends a command and waits for its answer. FailedPrecondition with Redis's text where that is an
  // error; else Unavailable.
  absl::Status Command(const std::vector<std::string>& words);

  // Sends a command whose answer comes through ReadArrays.
  absl::Status Send(const std::vector<std::string>& words);

  // Reads what has come, blocking where that is nothing, and returns the complete arrays of strings
  // among it (what a subscription sends); other replies are left out.
  absl::StatusOr<std::vector<std::vector<std::string>>> ReadArrays();

  int fd() const;

 private:
  struct FreeContext {
    void operator()(redisContext* context) const;
  };

  explicit RedisConnection(std::string name) : name_(std::move(name)) {}

  absl::Status Failure() const;

  const std::string name_;  // for messages
  std::unique_ptr<redisContext, FreeContext> context_;
};

}  // namespace aifx::events

#endif  // AIFX_CLIENT_EVENTS_REDIS_CONNECTION_H_
