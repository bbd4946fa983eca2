#ifndef AIFX_CLIENT_EVENTS_REDIS_SUBSCRIBER_H_
#define AIFX_CLIENT_EVENTS_REDIS_SUBSCRIBER_H_

#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "client/events/redis_connection.h"
#include "client/events/redis_deps.h"
#include "client/events/stop_signal.h"
#include "core/base/mutex.h"

namespace aifx::events {

// Listens to channels on a thread of its own and connects again, with growing waits, for as long as
// it lives. What is published while it is not connected is lost, as Redis has it. Thread-safe.
class RedisSubscriber {
 public:
  // Called on that thread with every message: must neither block nor throw.
  using Handler = std::function<void(const std::string& channel, const std::string& payload)>;

  struct Options {
    RedisTarget target;
    RedisTiming timing;
    std::vector<std::string> channels;  // at least one
  };

  RedisSubscriber(Options options, Handler handler, RedisDeps deps);
  // Takes at most the timeout of connecting.
  ~RedisSubscriber();

  // How often it has connected and subscribed so far.
  int64_t connections() const;
  // Waits up to `timeout` until connections() is at least `count`; false where it is not.
  bool WaitForConnections(int64_t count, absl::Duration timeout) const;

 private:
  void Loop();
  // Connects and listens until that fails (the error) or it is stopped (OK).
  absl::Status Listen();
  absl::Status HandleArrays(RedisConnection& connection);
  void HandleArray(const std::vector<std::string>& words);

  const Options options_;
  const Handler handler_;
  const RedisDeps deps_;
  StopSignal stop_;
  mutable base::Mutex mutex_;
  mutable base::ConditionVariable changed_;
  int64_t connections_ ABSL_GUARDED_BY(mutex_) = 0;
  // The thread's own.
  size_t confirmed_ = 0;  // channels of this connection
  int failures_ = 0;      // in a row
  std::thread thread_;
};

}  // namespace aifx::events

#endif  // AIFX_CLIENT_EVENTS_REDIS_SUBSCRIBER_H_
