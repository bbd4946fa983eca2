#include "core/serving/executor.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/violation.h"
#include "core/serving/admission.h"

namespace aifx::serving {

Executor::Executor(Options options) : options_(std::move(options)) {
  workers_.reserve(options_.threads);
  for (size_t i = 0; i < options_.threads; ++i) {
    Worker& worker = *workers_.emplace_back(std::make_unique<Worker>());
    worker.thread = std::thread([this, &worker] { Work(worker); });
  }
}

Executor::~Executor() { Shutdown(); }

absl::Status Executor::Submit(std::function<void()> task) {
  Worker* worker = nullptr;
  {
    base::MutexLock lock(mutex_);
    if (stopping_) return ShuttingDownStatus();
    if (queue_.size() >= options_.queue_limit) {
      return base::WithRetryAfter(base::WithReason(absl::ResourceExhaustedError(absl::StrCat(
                                                       "the ", options_.name, " queue is full (",
                                                       options_.queue_limit, " waiting)")),
                                                   "QUEUE_FULL"),
                                  0.1);
    }
    queue_.push_back(std::move(task));
    if (!idle_.empty()) {
      worker = idle_.back();
      idle_.pop_back();
      worker->woken = true;
    }
  }
  // Outside the lock, which the woken thread needs first.
  if (worker != nullptr) worker->wake.NotifyOne();
  return absl::OkStatus();
}

void Executor::Shutdown() {
  {
    base::MutexLock lock(mutex_);
    stopping_ = true;
    for (const auto& worker : workers_) worker->wake.NotifyAll();
  }
  for (const auto& worker : workers_) {
    if (worker->thread.joinable()) worker->thread.join();
  }
}

size_t Executor::QueueDepth() const {
  base::MutexLock lock(mutex_);
  return queue_.size();
}

void Executor::Work(Worker& self) {
  while (true) {
    std::function<void()> task;
    {
      base::MutexLock lock(mutex_);
      while (queue_.empty() && !stopping_) {
        self.woken = false;
        idle_.push_back(&self);
        while (!self.woken && !stopping_) self.wake.Wait(mutex_);
      }
      if (queue_.empty()) return;
      task = std::move(queue_.front());
      queue_.pop_front();
    }
    task();
  }
}

}  // namespace aifx::serving
