#include "core/base/mutex.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace aifx::base {
namespace {

class Counter {
 public:
  void Add() {
    MutexLock lock(mutex_);
    ++value_;
    changed_.NotifyAll();
  }
  int AwaitAtLeast(int value) {
    MutexLock lock(mutex_);
    while (value_ < value) changed_.Wait(mutex_);
    return value_;
  }
  int value() {
    MutexLock lock(mutex_);
    return value_;
  }

 private:
  Mutex mutex_;
  ConditionVariable changed_;
  int value_ ABSL_GUARDED_BY(mutex_) = 0;
};

TEST(MutexTest, ExcludesOtherThreads) {
  Counter counter;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&counter] {
      for (int i = 0; i < 20000; ++i) counter.Add();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(counter.value(), 80000);
}

TEST(MutexTest, WaitingReleasesTheMutexAndTakesItBack) {
  Counter counter;
  // If Wait kept the mutex, Add would never get it and this would hang.
  std::thread other([&counter] {
    for (int i = 0; i < 3; ++i) counter.Add();
  });
  EXPECT_EQ(counter.AwaitAtLeast(3), 3);
  other.join();
}

TEST(MutexTest, WaitForReportsTheTimeoutAndKeepsTheMutex) {
  Mutex mutex;
  ConditionVariable condition;
  MutexLock lock(mutex);
  // Wakes may be spurious, the timeout comes all the same; zero waits for nothing.
  while (condition.WaitFor(mutex, absl::ZeroDuration())) {
  }
  while (condition.WaitFor(mutex, -absl::Seconds(1))) {
  }
}

TEST(MutexTest, WaitForReturnsWhenNotified) {
  Mutex mutex;
  ConditionVariable condition;
  bool ready = false;
  std::thread other([&] {
    MutexLock lock(mutex);
    ready = true;
    condition.NotifyOne();
  });
  bool timed_out = false;
  {
    MutexLock lock(mutex);
    while (!ready && !timed_out) timed_out = !condition.WaitFor(mutex, absl::Seconds(50));
  }
  other.join();
  EXPECT_FALSE(timed_out);
}

}  // namespace
}  // namespace aifx::base
