#include "core/serving/executor.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/violation.h"

namespace aifx::serving {

Executor::Executor(Options options) : options_(std::move(options)) {
  threads_.reserve(options_.threads);
  for (size_t i = 0; i < options_.threads; ++i) {
    threads_.emplace_back([this] { Work(); });
  }
}

Executor::~Executor() { Shutdown(); }

absl::Status Executor::Submit(std::function<void()> task) {
  {
    base::MutexLock lock(mutex_);
    if (stopping_) {
      return base::WithReason(absl::UnavailableError("the server is shutting down"),
                              "SHUTTING_DOWN");
    }
    if (queue_.size() >= options_.queue_limit) {
      return base::WithRetryAfter(base::WithReason(absl::ResourceExhaustedError(absl::StrCat(
                                                       "the ", options_.name, " queue is full (",
                                                       options_.queue_limit, " waiting)")),
                                                   "QUEUE_FULL"),
                                  0.1);
    }
    queue_.push_back(std::move(task));
  }
  wake_.NotifyOne();
  return absl::OkStatus();
}

void Executor::Shutdown() {
  {
    base::MutexLock lock(mutex_);
    stopping_ = true;
  }
  wake_.NotifyAll();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

size_t Executor::QueueDepth() const {
  base::MutexLock lock(mutex_);
  return queue_.size();
}

void Executor::Work() {
  while (true) {
    std::function<void()> task;
    {
      base::MutexLock lock(mutex_);
      while (queue_.empty() && !stopping_) wake_.Wait(mutex_);
      if (queue_.empty()) return;
      task = std::move(queue_.front());
      queue_.pop_front();
    }
    task();
  }
}

}  // namespace aifx::serving
