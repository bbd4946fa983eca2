#include "client/events/redis_publisher.h"

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/events/backoff.h"
#include "client/events/message.h"
#include "core/base/status_macros.h"

namespace aifx::events {

RedisPublisher::RedisPublisher(Options options, RedisDeps deps)
    : options_(std::move(options)), deps_(std::move(deps)), thread_([this] { Loop(); }) {}

RedisPublisher::~RedisPublisher() {
  {
    base::MutexLock lock(mutex_);
    stopping_ = true;
    changed_.NotifyAll();
  }
  stop_.Stop();
  thread_.join();
  if (const Stats last = stats(); last.waiting + last.dropped > 0) {
    deps_.logger.Warning("events were not published",
                         {{"redis", options_.target.ToString()},
                          {"events", absl::StrCat(last.waiting + last.dropped)}});
  }
}

void RedisPublisher::Publish(const training::TrainingStarted& event) {
  Enqueue(kTrainingStarted, DataOf(event));
}

void RedisPublisher::Publish(const training::TrainingCompleted& event) {
  Enqueue(kTrainingCompleted, DataOf(event));
}

void RedisPublisher::Publish(const training::ModelDeployed& event) {
  Enqueue(kModelDeployed, DataOf(event));
}

void RedisPublisher::Enqueue(const std::string& channel, const nlohmann::json& data) {
  std::string message = EncodeMessage(channel, data, deps_.clock.Now());
  base::MutexLock lock(mutex_);
  if (queue_.size() == options_.queue_limit) {
    queue_.pop_front();
    ++stats_.dropped;
  }
  queue_.push_back({next_number_++, channel, std::move(message)});
  changed_.NotifyAll();
}

bool RedisPublisher::Flush(absl::Duration timeout) {
  const auto end = std::chrono::steady_clock::now() + absl::ToChronoMicroseconds(timeout);
  base::MutexLock lock(mutex_);
  while (!queue_.empty()) {
    const absl::Duration left = absl::FromChrono(end - std::chrono::steady_clock::now());
    if (left <= absl::ZeroDuration()) return false;
    changed_.WaitFor(mutex_, left);
  }
  return true;
}

RedisPublisher::Stats RedisPublisher::stats() const {
  base::MutexLock lock(mutex_);
  Stats stats = stats_;
  stats.waiting = static_cast<int64_t>(queue_.size());
  return stats;
}

absl::Status RedisPublisher::last_error() const {
  base::MutexLock lock(mutex_);
  // Not shared with the thread: Abseil's counter of references is not instrumented for
  // ThreadSanitizer.
  return absl::Status(last_error_.code(), last_error_.message());
}

void RedisPublisher::Loop() {
  while (true) {
    Item item;
    {
      base::MutexLock lock(mutex_);
      while (queue_.empty() && !stopping_) changed_.Wait(mutex_);
      if (stopping_) return;
      item = queue_.front();
    }
    const absl::Duration wait = Settle(item, Send(item));
    if (wait > absl::ZeroDuration()) stop_.Wait(-1, wait);
  }
}

absl::Status RedisPublisher::Send(const Item& item) {
  if (connection_ == nullptr) {
    AIFX_ASSIGN_OR_RETURN(connection_,
                          RedisConnection::Open(options_.target, options_.timing.timeout));
  }
  return connection_->Command({"PUBLISH", item.channel, item.message});
}

absl::Duration RedisPublisher::Settle(const Item& item, const absl::Status& status) {
  {
    base::MutexLock lock(mutex_);
    last_error_ = status;
    if (status.ok()) {
      ++stats_.published;
      if (!queue_.empty() && queue_.front().number == item.number) {
        queue_.pop_front();
      } else {
        --stats_.dropped;  // the full queue dropped it while it was being sent
      }
    }
    changed_.NotifyAll();
  }
  if (status.ok()) {
    failures_ = 0;
    return absl::ZeroDuration();
  }
  connection_.reset();
  // Once an outage. A connection that Redis closed while it was idle is no outage.
  if (++failures_ == 2) {
    deps_.logger.Warning(
        "cannot publish events: they wait",
        {{"redis", options_.target.ToString()}, {"error", std::string(status.message())}});
  }
  if (failures_ == 1) return absl::ZeroDuration();
  return ReconnectDelay(failures_ - 1, deps_.uniform(), options_.timing.first_backoff,
                        options_.timing.max_backoff);
}

}  // namespace aifx::events
