#ifndef AIFX_CLIENT_EVENTS_BOUNDED_QUEUE_H_
#define AIFX_CLIENT_EVENTS_BOUNDED_QUEUE_H_

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>

#include "absl/time/time.h"
#include "core/base/mutex.h"

namespace aifx::events {

// First in, first out, of at most `limit` (> 0) values: a full queue drops its oldest one and
// counts it, so that Push never blocks. Thread-safe.
template <typename T>
class BoundedQueue {
 public:
  explicit BoundedQueue(size_t limit) : limit_(limit) {}

  // False after Close.
  bool Push(T value) {
    base::MutexLock lock(mutex_);
    if (closed_) return false;
    if (values_.size() == limit_) {
      values_.pop_front();
      ++dropped_;
    }
    values_.push_back(std::move(value));
    changed_.NotifyAll();
    return true;
  }

  // Puts back what Pop took: it is the oldest, and so what a full queue drops.
  void Return(T value) {
    base::MutexLock lock(mutex_);
    if (values_.size() == limit_) {
      ++dropped_;
      return;
    }
    values_.push_front(std::move(value));
    changed_.NotifyAll();
  }

  // Waits up to `timeout`; nothing then, and at once where the queue is empty and closed or
  // interrupted.
  std::optional<T> Pop(absl::Duration timeout) {
    const auto end = Deadline(timeout);
    base::MutexLock lock(mutex_);
    while (values_.empty() && !closed_ && !interrupted_) {
      const absl::Duration left = absl::FromChrono(end - std::chrono::steady_clock::now());
      if (left <= absl::ZeroDuration()) return std::nullopt;
      changed_.WaitFor(mutex_, left);
    }
    interrupted_ = false;
    if (values_.empty()) return std::nullopt;
    T value = std::move(values_.front());
    values_.pop_front();
    return value;
  }

  // Ends the wait of the Pop under way, or of the next one.
  void Interrupt() {
    base::MutexLock lock(mutex_);
    interrupted_ = true;
    changed_.NotifyAll();
  }

  // From now on Push refuses and Pop does not wait.
  void Close() {
    base::MutexLock lock(mutex_);
    closed_ = true;
    changed_.NotifyAll();
  }

  size_t size() const {
    base::MutexLock lock(mutex_);
    return values_.size();
  }
  int64_t dropped() const {
    base::MutexLock lock(mutex_);
    return dropped_;
  }

 private:
  static std::chrono::steady_clock::time_point Deadline(absl::Duration timeout) {
    // An hour at a time is for ever for a loop that asks again, and cannot overflow.
    return std::chrono::steady_clock::now() +
           absl::ToChronoMicroseconds(std::min(timeout, absl::Hours(1)));
  }

  const size_t limit_;
  mutable base::Mutex mutex_;
  base::ConditionVariable changed_;
  std::deque<T> values_ ABSL_GUARDED_BY(mutex_);
  int64_t dropped_ ABSL_GUARDED_BY(mutex_) = 0;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  bool interrupted_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace aifx::events

#endif  // AIFX_CLIENT_EVENTS_BOUNDED_QUEUE_H_
