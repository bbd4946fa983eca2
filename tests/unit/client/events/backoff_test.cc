#include "client/events/backoff.h"

#include <gtest/gtest.h>

namespace aifx::events {
namespace {

TEST(ReconnectDelayTest, DoublesToItsLimitAndKeepsHalf) {
  const auto first = absl::Milliseconds(100), most = absl::Seconds(1);
  EXPECT_EQ(ReconnectDelay(1, 0, first, most), absl::Milliseconds(50));
  EXPECT_EQ(ReconnectDelay(2, 0, first, most), absl::Milliseconds(100));
  EXPECT_EQ(ReconnectDelay(4, 0.5, first, most), absl::Milliseconds(600));
  EXPECT_EQ(ReconnectDelay(5, 0, first, most), absl::Milliseconds(500));
  EXPECT_EQ(ReconnectDelay(1'000'000, 0, first, most), absl::Milliseconds(500));
  EXPECT_LT(ReconnectDelay(9, 0.999, first, most), most);
}

}  // namespace
}  // namespace aifx::events
