#include "client/events/bounded_queue.h"

#include <gtest/gtest.h>

#include <thread>

namespace aifx::events {
namespace {

TEST(BoundedQueueTest, AFullQueueDropsItsOldestAndCountsIt) {
  BoundedQueue<int> queue(2);
  for (int i = 1; i <= 4; ++i) EXPECT_TRUE(queue.Push(i));
  EXPECT_EQ(queue.dropped(), 2);
  EXPECT_EQ(queue.Pop(absl::ZeroDuration()), 3);
  EXPECT_EQ(queue.Pop(absl::ZeroDuration()), 4);
  EXPECT_EQ(queue.Pop(absl::ZeroDuration()), std::nullopt);
}

TEST(BoundedQueueTest, CloseWakesWhoWaitsAndLeavesWhatIsThere) {
  BoundedQueue<int> queue(2);
  std::thread waiting([&] { EXPECT_EQ(queue.Pop(absl::InfiniteDuration()), std::nullopt); });
  queue.Close();
  waiting.join();
  EXPECT_FALSE(queue.Push(1));

  BoundedQueue<int> full(2);
  full.Push(1);
  full.Close();
  EXPECT_EQ(full.Pop(absl::InfiniteDuration()), 1);
  EXPECT_EQ(full.Pop(absl::InfiniteDuration()), std::nullopt);
}

TEST(BoundedQueueTest, AnInterruptEndsOneWaitAndTheQueueGoesOn) {
  BoundedQueue<int> queue(2);
  queue.Interrupt();  // nobody waits yet: the next one does not
  EXPECT_EQ(queue.Pop(absl::InfiniteDuration()), std::nullopt);
  std::thread waiting([&] { EXPECT_EQ(queue.Pop(absl::InfiniteDuration()), std::nullopt); });
  queue.Interrupt();
  waiting.join();
  EXPECT_TRUE(queue.Push(1));
  EXPECT_EQ(queue.Pop(absl::InfiniteDuration()), 1);
}

TEST(BoundedQueueTest, AValueWakesWhoWaits) {
  BoundedQueue<int> queue(2);
  std::thread pusher([&] { queue.Push(7); });
  EXPECT_EQ(queue.Pop(absl::Seconds(30)), 7);
  pusher.join();
}

}  // namespace
}  // namespace aifx::events
