#ifndef AIFX_CLIENT_EVENTS_REDIS_PUBLISHER_H_
#define AIFX_CLIENT_EVENTS_REDIS_PUBLISHER_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <thread>

#include "client/events/redis_connection.h"
#include "client/events/redis_deps.h"
#include "client/events/stop_signal.h"
#include "core/base/mutex.h"
#include "core/training/event_sink.h"

namespace aifx::events {

// Publishes events on the platform's channels from a thread of its own. While Redis is down they
// wait in a bounded queue, which drops its oldest; they are sent in order once it answers. One
// whose sending failed half-way is sent again, so that it may arrive twice. Thread-safe.
class RedisPublisher final : public training::EventSink {
 public:
  struct Options {
    RedisTarget target;
    RedisTiming timing;
    size_t queue_limit = 1000;  // > 0
  };
  struct Stats {
    int64_t published = 0;
    int64_t dropped = 0;  // by a full queue
    int64_t waiting = 0;
  };

  // Connects when there is something to publish.
  RedisPublisher(Options options, RedisDeps deps);
  // Does not wait for what is still to be published: Flush does. Takes at most the timeout of one
  // answer.
  ~RedisPublisher() override;

  void Publish(const training::TrainingStarted& event) override;
  void Publish(const training::TrainingCompleted& event) override;
  void Publish(const training::ModelDeployed& event) override;

  // Waits up to `timeout` until all is published; false where something is left.
  bool Flush(absl::Duration timeout);
  Stats stats() const;
  // Why the newest attempt failed; OK where it did not.
  absl::Status last_error() const;

 private:
  struct Item {
    int64_t number = 0;
    std::string channel;
    std::string message;
  };

  void Enqueue(const std::string& channel, const nlohmann::json& data);
  void Loop();
  absl::Status Send(const Item& item);
  // Notes how sending ended, and how long to wait before the next attempt.
  absl::Duration Settle(const Item& item, const absl::Status& status);

  const Options options_;
  const RedisDeps deps_;
  StopSignal stop_;
  mutable base::Mutex mutex_;
  base::ConditionVariable changed_;
  std::deque<Item> queue_ ABSL_GUARDED_BY(mutex_);  // the front may be being sent
  int64_t next_number_ ABSL_GUARDED_BY(mutex_) = 0;
  Stats stats_ ABSL_GUARDED_BY(mutex_);
  absl::Status last_error_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  // The thread's own.
  std::unique_ptr<RedisConnection> connection_;
  int failures_ = 0;  // in a row
  std::thread thread_;
};

}  // namespace aifx::events

#endif  // AIFX_CLIENT_EVENTS_REDIS_PUBLISHER_H_
