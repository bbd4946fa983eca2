#include "core/market/candle_window.h"

#include <gtest/gtest.h>

#include "tests/support/candles.h"
#include "tests/support/status_matchers.h"

namespace aifx::market {
namespace {

using ::aifx::testing::FlatCandle;
using ::aifx::testing::StatusIs;
using ::aifx::testing::Time;
using ::testing::AllOf;
using ::testing::HasSubstr;

const absl::Time kStart = Time("2018-06-12T10:00:00Z");

std::vector<double> Closes(const CandleWindow& window) {
  std::vector<double> closes;
  for (const Candle& candle : window.candles()) closes.push_back(candle.close);
  return closes;
}

TEST(CandleWindowTest, HoldsTheNewestCandlesOldestFirst) {
  for (size_t capacity : {1, 2, 3, 7}) {
    SCOPED_TRACE(capacity);
    CandleWindow window(capacity);
    EXPECT_EQ(window.size(), 0u);
    std::vector<double> all;
    for (int i = 1; i <= 40; ++i) {
      all.push_back(i);
      ASSERT_OK(window.Push(FlatCandle(kStart + i * absl::Hours(1), i)));
      const size_t kept = std::min(all.size(), capacity);
      EXPECT_EQ(Closes(window), std::vector<double>(all.end() - kept, all.end()));
      EXPECT_EQ(window.size(), kept);
    }
    EXPECT_EQ(window.capacity(), capacity);
  }
}

TEST(CandleWindowTest, RefusesWhatIsNotNewerAndStaysAsItWas) {
  CandleWindow window(2);
  ASSERT_OK(window.Push(FlatCandle(kStart, 1)));
  for (absl::Duration offset : {absl::ZeroDuration(), -absl::Nanoseconds(1), -absl::Hours(5)}) {
    EXPECT_THAT(window.Push(FlatCandle(kStart + offset, 2)),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         AllOf(HasSubstr("open_time 2018-06-12T"),
                               HasSubstr("not after the newest candle's 2018-06-12T10:00:00"))));
    EXPECT_EQ(Closes(window), std::vector<double>{1});
  }
}

TEST(CandleWindowTest, GapsAreLegal) {
  CandleWindow window(2);
  ASSERT_OK(window.Push(FlatCandle(kStart, 1)));
  EXPECT_OK(window.Push(FlatCandle(kStart + absl::Hours(49), 2)));
}

TEST(CandleWindowDeathTest, NeedsACapacity) { EXPECT_DEATH(CandleWindow(0), ""); }

}  // namespace
}  // namespace aifx::market
