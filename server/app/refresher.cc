#include "server/app/refresher.h"

#include <utility>

namespace aifx::app {

Refresher::Refresher(absl::Duration interval, std::function<void()> refresh)
    : interval_(interval), refresh_(std::move(refresh)), thread_([this] { Loop(); }) {}

Refresher::~Refresher() {
  {
    base::MutexLock lock(mutex_);
    stopping_ = true;
  }
  wake_.NotifyAll();
  thread_.join();
}

void Refresher::Loop() {
  while (true) {
    {
      base::MutexLock lock(mutex_);
      // A spurious wake only refreshes early.
      if (!stopping_) wake_.WaitFor(mutex_, interval_);
      if (stopping_) return;
    }
    refresh_();
  }
}

}  // namespace aifx::app
