#include "server/ops/drain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace aifx::ops {
namespace {

using ::testing::ElementsAre;

// Records the steps in order; time passes only where the drain waits.
struct FakeServer {
  std::vector<std::string> steps;
  absl::Duration waited;
  absl::Duration signal_at = absl::InfiniteDuration();  // when a second signal comes
  absl::Duration idle_at;                               // when the last call ends

  DrainSteps Steps() {
    return {
        .report_not_serving = [this] { steps.push_back("not serving"); },
        .refuse_new_calls =
            [this] { steps.push_back("refuse at " + absl::FormatDuration(waited)); },
        .calls_in_flight = [this] { return waited < idle_at ? 2 : 0; },
        .wait_for_signal =
            [this](absl::Duration timeout) {
              waited += timeout;
              return waited >= signal_at;
            },
    };
  }
};

constexpr DrainOptions kOptions = {absl::Seconds(1), absl::Seconds(30)};

TEST(DrainTest, ReportsThenWaitsThenRefusesThenFinishes) {
  FakeServer server;
  server.idle_at = absl::Seconds(5);
  EXPECT_EQ(Drain(server.Steps(), kOptions, base::NullLogger()), DrainResult::kClean);
  EXPECT_THAT(server.steps, ElementsAre("not serving", "refuse at 1s"));
  EXPECT_EQ(server.waited, absl::Seconds(5));
}

TEST(DrainTest, GivesUpExactlyAtTheTimeout) {
  FakeServer server;
  server.idle_at = absl::InfiniteDuration();
  EXPECT_EQ(Drain(server.Steps(), kOptions, base::NullLogger()), DrainResult::kTimedOut);
  EXPECT_EQ(server.waited, absl::Seconds(31));
}

TEST(DrainTest, ASecondSignalForces) {
  for (const absl::Duration at : {absl::Milliseconds(1), absl::Seconds(10)}) {
    FakeServer server;
    server.idle_at = absl::InfiniteDuration();
    server.signal_at = at;
    EXPECT_EQ(Drain(server.Steps(), kOptions, base::NullLogger()), DrainResult::kForced);
    EXPECT_THAT(server.steps, ElementsAre("not serving", "refuse at 1s"));
  }
}

TEST(DrainTest, WithoutGraceOrCallsNothingIsWaitedFor) {
  FakeServer server;
  EXPECT_EQ(Drain(server.Steps(), {absl::ZeroDuration(), absl::Seconds(30)}, base::NullLogger()),
            DrainResult::kClean);
  EXPECT_EQ(server.waited, absl::ZeroDuration());
}

}  // namespace
}  // namespace aifx::ops
