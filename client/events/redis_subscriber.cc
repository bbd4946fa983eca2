#include "client/events/redis_subscriber.h"

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/events/backoff.h"
#include "core/base/status_macros.h"

namespace aifx::events {

RedisSubscriber::RedisSubscriber(Options options, Handler handler, RedisDeps deps)
    : options_(std::move(options)),
      handler_(std::move(handler)),
      deps_(std::move(deps)),
      thread_([this] { Loop(); }) {}

RedisSubscriber::~RedisSubscriber() {
  stop_.Stop();
  thread_.join();
}

int64_t RedisSubscriber::connections() const {
  base::MutexLock lock(mutex_);
  return connections_;
}

bool RedisSubscriber::WaitForConnections(int64_t count, absl::Duration timeout) const {
  const auto end = std::chrono::steady_clock::now() + absl::ToChronoMicroseconds(timeout);
  base::MutexLock lock(mutex_);
  while (connections_ < count) {
    const absl::Duration left = absl::FromChrono(end - std::chrono::steady_clock::now());
    if (left <= absl::ZeroDuration()) return false;
    changed_.WaitFor(mutex_, left);
  }
  return true;
}

void RedisSubscriber::Loop() {
  while (true) {
    const absl::Status status = Listen();
    if (status.ok()) return;
    // Once an outage.
    if (++failures_ == 1) {
      deps_.logger.Warning(
          "no events from Redis until it answers again",
          {{"redis", options_.target.ToString()}, {"error", std::string(status.message())}});
    }
    const absl::Duration wait = ReconnectDelay(
        failures_, deps_.uniform(), options_.timing.first_backoff, options_.timing.max_backoff);
    if (stop_.Wait(-1, wait) == StopSignal::Woke::kStopped) return;
  }
}

absl::Status RedisSubscriber::Listen() {
  AIFX_ASSIGN_OR_RETURN(const auto connection,
                        RedisConnection::Open(options_.target, options_.timing.timeout));
  confirmed_ = 0;
  std::vector<std::string> command = {"SUBSCRIBE"};
  command.insert(command.end(), options_.channels.begin(), options_.channels.end());
  AIFX_RETURN_IF_ERROR(connection->Send(command));
  bool asked = false;  // for a sign of life
  while (true) {
    switch (stop_.Wait(connection->fd(), options_.timing.silence)) {
      case StopSignal::Woke::kStopped:
        return absl::OkStatus();
      case StopSignal::Woke::kReadable:
        AIFX_RETURN_IF_ERROR(HandleArrays(*connection));
        asked = false;
        break;
      case StopSignal::Woke::kTimeout:
        if (asked) {
          return absl::UnavailableError(
              absl::StrCat(options_.target.ToString(), ": no sign of life"));
        }
        AIFX_RETURN_IF_ERROR(connection->Send({"PING"}));
        asked = true;
        break;
    }
  }
}

absl::Status RedisSubscriber::HandleArrays(RedisConnection& connection) {
  AIFX_ASSIGN_OR_RETURN(const auto arrays, connection.ReadArrays());
  for (const auto& words : arrays) HandleArray(words);
  return absl::OkStatus();
}

void RedisSubscriber::HandleArray(const std::vector<std::string>& words) {
  if (words.size() != 3) return;  // the answer to PING
  if (words[0] == "message") return handler_(words[1], words[2]);
  if (words[0] != "subscribe" || ++confirmed_ != options_.channels.size()) return;
  if (failures_ > 0) {
    deps_.logger.Info("events from Redis again", {{"redis", options_.target.ToString()}});
  }
  failures_ = 0;
  base::MutexLock lock(mutex_);
  ++connections_;
  changed_.NotifyAll();
}

}  // namespace aifx::events
