#include "core/base/clock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/time/clock.h"
#include "core/base/call_context.h"
#include "core/base/log.h"
#include "tests/support/fake_clock.h"

namespace aifx::base {
namespace {

using ::aifx::testing::FakeClock;
using ::testing::ElementsAre;

TEST(ClockTest, SystemClockIsTheWallClockAndDoesNotWaitForThePast) {
  const absl::Time before = absl::Now();
  SystemClock().SleepFor(absl::ZeroDuration());
  SystemClock().SleepFor(-absl::Hours(1000));
  const absl::Time now = SystemClock().Now();
  EXPECT_LE(before, now);
  EXPECT_LE(now, absl::Now());
  EXPECT_EQ(&SystemClock(), &SystemClock());
}

TEST(ClockTest, FakeClockMovesOnlyWhenTold) {
  FakeClock clock(absl::UnixEpoch());
  EXPECT_EQ(clock.Now(), absl::UnixEpoch());
  clock.Advance(absl::Milliseconds(3));
  clock.SleepFor(absl::Hours(5));
  EXPECT_EQ(clock.Now(), absl::UnixEpoch() + absl::Hours(5) + absl::Milliseconds(3));
  EXPECT_THAT(clock.sleeps(), ElementsAre(absl::Hours(5)));
}

TEST(CallContextTest, CopiesShareTheCancellation) {
  const CallContext context;
  const CallContext copy = context;
  const CallContext other;
  EXPECT_FALSE(copy.IsCancelled());
  context.Cancel();
  EXPECT_TRUE(copy.IsCancelled());
  EXPECT_FALSE(other.IsCancelled());
}

class RecordingLogger final : public Logger {
 public:
  void Log(LogLevel level, absl::string_view message, const LogFields& fields) override {
    levels.push_back(level);
    messages.emplace_back(message);
    field_counts.push_back(fields.size());
  }
  std::vector<LogLevel> levels;
  std::vector<std::string> messages;
  std::vector<size_t> field_counts;
};

TEST(LoggerTest, ShortFormsPassTheirLevelMessageAndFields) {
  RecordingLogger logger;
  logger.Info("a");
  logger.Warning("b", {{"pair", "EUR/USD"}});
  logger.Error("c");
  EXPECT_THAT(logger.levels, ElementsAre(LogLevel::kInfo, LogLevel::kWarning, LogLevel::kError));
  EXPECT_THAT(logger.messages, ElementsAre("a", "b", "c"));
  EXPECT_THAT(logger.field_counts, ElementsAre(0u, 1u, 0u));
}

}  // namespace
}  // namespace aifx::base
