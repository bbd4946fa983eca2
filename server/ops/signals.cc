#include "server/ops/signals.h"

#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <cerrno>

#include "absl/time/clock.h"

namespace aifx::ops {
namespace {

sigset_t EndSignals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}

}  // namespace

void BlockEndSignals() {
  const sigset_t set = EndSignals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signal(SIGPIPE, SIG_IGN);
}

int WaitForEndSignal() {
  const sigset_t set = EndSignals();
  int number = 0;
  while (sigwait(&set, &number) != 0) {
  }
  return number;
}

bool WaitForEndSignal(absl::Duration timeout) {
  const sigset_t set = EndSignals();
  const absl::Time end = absl::Now() + timeout;
  while (true) {
    const absl::Duration left = std::max(end - absl::Now(), absl::ZeroDuration());
    const timespec wait = absl::ToTimespec(left);
    if (sigtimedwait(&set, nullptr, &wait) > 0) return true;
    if (errno != EINTR || left <= absl::ZeroDuration()) return false;
  }
}

}  // namespace aifx::ops
