#include "client/events/stop_signal.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>

namespace aifx::events {

StopSignal::StopSignal() : event_fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

StopSignal::~StopSignal() {
  if (event_fd_ >= 0) ::close(event_fd_);
}

void StopSignal::Stop() {
  stopped_.store(true);
  const uint64_t one = 1;
  // Fails only where it was stopped 2^64 times.
  [[maybe_unused]] const ssize_t written = ::write(event_fd_, &one, sizeof one);
}

StopSignal::Woke StopSignal::Wait(int fd, absl::Duration timeout) const {
  if (stopped_.load()) return Woke::kStopped;
  // poll leaves out negative descriptors. A signal ends the wait early, which callers take for time
  // that passed.
  pollfd watched[2] = {{event_fd_, POLLIN, 0}, {fd, POLLIN, 0}};
  const int64_t most = event_fd_ < 0 ? 100 : 3'600'000;
  const int64_t wait_ms = std::clamp<int64_t>(absl::ToInt64Milliseconds(timeout), 0, most);
  const int ready = ::poll(watched, 2, static_cast<int>(wait_ms));
  if (stopped_.load()) return Woke::kStopped;
  return ready > 0 ? Woke::kReadable : Woke::kTimeout;
}

}  // namespace aifx::events
