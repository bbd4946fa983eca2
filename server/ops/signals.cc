#include "server/ops/signals.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <utility>

namespace aifx::ops {
namespace {

sigset_t EndSignals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}

sigset_t AllSignals() {
  sigset_t set = EndSignals();
  sigaddset(&set, SIGHUP);
  return set;
}

int EndSignalDescriptor() {
  const sigset_t set = EndSignals();
  return signalfd(-1, &set, SFD_CLOEXEC);
}

}  // namespace

void BlockSignals() {
  const sigset_t set = AllSignals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signal(SIGPIPE, SIG_IGN);
}

int WaitForSignal() {
  const sigset_t set = AllSignals();
  int number = 0;
  while (sigwait(&set, &number) != 0) {
  }
  return number;
}

EndSignalWatch::EndSignalWatch(std::function<void()> on_signal)
    : on_signal_(std::move(on_signal)),
      signals_(EndSignalDescriptor()),
      stop_(eventfd(0, EFD_CLOEXEC)),
      thread_([this] { Watch(); }) {}

EndSignalWatch::~EndSignalWatch() {
  const uint64_t one = 1;
  while (write(stop_, &one, sizeof(one)) < 0 && errno == EINTR) {
  }
  thread_.join();
  close(signals_);
  close(stop_);
}

void EndSignalWatch::Watch() {
  pollfd wait[] = {{signals_, POLLIN, 0}, {stop_, POLLIN, 0}};
  while (poll(wait, 2, -1) < 0 && errno == EINTR) {
  }
  signalfd_siginfo info = {};
  if ((wait[0].revents & POLLIN) == 0 || read(signals_, &info, sizeof(info)) <= 0) return;
  on_signal_();
}

}  // namespace aifx::ops
