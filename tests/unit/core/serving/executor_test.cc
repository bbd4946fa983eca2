#include "core/serving/executor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "core/base/violation.h"
#include "tests/support/status_matchers.h"

namespace aifx::serving {
namespace {

using ::testing::HasSubstr;

TEST(ExecutorTest, RunsTasksInOrderOnItsOwnThread) {
  std::vector<int> order;
  std::thread::id worker;
  {
    Executor executor({.name = "test", .threads = 1, .queue_limit = 10});
    for (int i = 0; i < 5; ++i) {
      ASSERT_OK(executor.Submit([&, i] {
        order.push_back(i);
        worker = std::this_thread::get_id();
      }));
    }
  }
  EXPECT_THAT(order, ::testing::ElementsAre(0, 1, 2, 3, 4));
  EXPECT_NE(worker, std::this_thread::get_id());
}

TEST(ExecutorTest, RefusesAtOnceWhenTheQueueIsFull) {
  std::promise<void> running, release;  // outlive the task, which the executor's end waits for
  Executor executor({.name = "inference", .threads = 1, .queue_limit = 2});
  ASSERT_OK(executor.Submit([&] {
    running.set_value();
    release.get_future().wait();
  }));
  running.get_future().wait();
  ASSERT_OK(executor.Submit([] {}));
  ASSERT_OK(executor.Submit([] {}));
  EXPECT_EQ(executor.QueueDepth(), 2u);
  const absl::Status refused = executor.Submit([] {});
  EXPECT_THAT(refused, testing::StatusIs(absl::StatusCode::kResourceExhausted,
                                         HasSubstr("the inference queue is full (2 waiting)")));
  EXPECT_GT(base::RetryAfterSecondsOf(refused), 0);
  release.set_value();
}

TEST(ExecutorTest, ShutdownFinishesWhatIsQueuedAndRefusesMore) {
  Executor executor({.name = "test", .threads = 2, .queue_limit = 100});
  std::atomic<int> done = 0;
  for (int i = 0; i < 100; ++i) ASSERT_OK(executor.Submit([&] { ++done; }));
  executor.Shutdown();
  EXPECT_EQ(done, 100);
  const absl::Status refused = executor.Submit([] {});
  EXPECT_THAT(refused,
              testing::StatusIs(absl::StatusCode::kUnavailable, HasSubstr("shutting down")));
  EXPECT_GT(base::RetryAfterSecondsOf(refused), 0);
}

}  // namespace
}  // namespace aifx::serving
