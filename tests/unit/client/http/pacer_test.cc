#include "client/http/pacer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/support/fake_clock.h"

namespace aifx::http {
namespace {

using Kind = Priority;

class PacerTest : public ::testing::Test {
 protected:
  absl::Duration Acquire(Priority priority = Priority::kInteractive) {
    return pacer_.Acquire(priority, clock_.Now());
  }
  // A whole call whose reply has these headers.
  void Exchange(Headers headers, int status = 200) {
    ASSERT_EQ(Acquire(), absl::ZeroDuration());
    Finish(std::move(headers), status);
  }
  void Finish(Headers headers, int status = 200) {
    const HttpResponse reply = {.status = status, .headers = std::move(headers), .body = ""};
    pacer_.Finish(&reply, clock_.Now());
  }
  static Headers Left(int64_t remaining, int64_t reset_s = 60) {
    return {{"RateLimit", absl::StrCat("limit=10, remaining=", remaining, ", reset=", reset_s)}};
  }

  testing::FakeClock clock_;
  Pacer pacer_{PacerOptions{}};
};

TEST_F(PacerTest, LetsEverythingPassWhereNothingIsReported) {
  for (int i = 0; i < 1000; ++i) Exchange({});
}

TEST_F(PacerTest, WaitsForTheResetBeforeTheLimitIsHit) {
  Exchange(Left(2));
  Exchange(Left(1));
  Exchange(Left(0));
  EXPECT_EQ(Acquire(), absl::Seconds(60));
  clock_.Advance(absl::Seconds(60) - absl::Nanoseconds(1));
  EXPECT_EQ(Acquire(), absl::Nanoseconds(1));
  clock_.Advance(absl::Nanoseconds(1));
  EXPECT_EQ(Acquire(), absl::ZeroDuration());
}

TEST_F(PacerTest, CountsWhatIsUnderWay) {
  Exchange(Left(3));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Acquire(), absl::ZeroDuration());
  EXPECT_EQ(Acquire(), absl::Seconds(60));
  // The first of the three: what it reports may not include the other two.
  Finish(Left(2));
  EXPECT_EQ(Acquire(), absl::Seconds(60));
}

TEST_F(PacerTest, AReplyThatWasOvertakenRaisesNothing) {
  ASSERT_EQ(Acquire(), absl::ZeroDuration());
  ASSERT_EQ(Acquire(), absl::ZeroDuration());
  Finish(Left(1, 60));
  Finish(Left(2, 60));
  EXPECT_EQ(Acquire(), absl::Seconds(60));
}

TEST_F(PacerTest, ACallWithoutAReplyStaysCounted) {
  Exchange(Left(1));
  ASSERT_EQ(Acquire(), absl::ZeroDuration());
  pacer_.Finish(nullptr, clock_.Now());
  EXPECT_EQ(Acquire(), absl::Seconds(60));
}

TEST_F(PacerTest, BackgroundCallsLeaveAShareToInteractiveOnes) {
  Exchange(Left(3));  // of 10: 2 are kept back
  EXPECT_EQ(Acquire(Kind::kBackground), absl::ZeroDuration());
  EXPECT_EQ(Acquire(Kind::kBackground), absl::Seconds(60));
  EXPECT_EQ(Acquire(), absl::ZeroDuration());
  EXPECT_EQ(Acquire(), absl::ZeroDuration());
  EXPECT_EQ(Acquire(), absl::Seconds(60));
}

TEST_F(PacerTest, BackgroundCallsAreNotStarvedByATinyLimit) {
  Exchange({{"RateLimit", "limit=1, remaining=1, reset=5"}});
  EXPECT_EQ(Acquire(Kind::kBackground), absl::ZeroDuration());
}

TEST_F(PacerTest, TheTightestOfSeveralLimitsCounts) {
  Exchange({{"RateLimit", R"("second";r=1;t=1, "hour";r=500;t=1800)"}});
  ASSERT_EQ(Acquire(), absl::ZeroDuration());
  EXPECT_EQ(Acquire(), absl::Seconds(1));
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(Acquire(), absl::ZeroDuration());
  Finish({{"RateLimit", R"("second";r=5;t=1, "hour";r=0;t=1799)"}});
  EXPECT_EQ(Acquire(), absl::Seconds(1799));
}

TEST_F(PacerTest, ANewWindowReplacesTheOldOne) {
  Exchange(Left(0, 1));
  clock_.Advance(absl::Seconds(1));
  Exchange(Left(9, 60));
  EXPECT_EQ(Acquire(), absl::ZeroDuration());
  // A server that fills up again before the reset it had named.
  Finish(Left(0, 60));
  EXPECT_EQ(Acquire(), absl::Seconds(60));
}

TEST_F(PacerTest, RetryAfterHoldsEverythingBack) {
  for (const int status : {429, 503}) {
    SCOPED_TRACE(status);
    Exchange({{"Retry-After", "7"}}, status);
    EXPECT_EQ(Acquire(), absl::Seconds(7));
    EXPECT_EQ(Acquire(Kind::kBackground), absl::Seconds(7));
    clock_.Advance(absl::Seconds(7));
  }
  Exchange({{"Retry-After", "86400"}}, 503);
  EXPECT_EQ(Acquire(), absl::Hours(1));
}

TEST_F(PacerTest, AShorterHoldDoesNotEndALongerOne) {
  ASSERT_EQ(Acquire(), absl::ZeroDuration());
  ASSERT_EQ(Acquire(), absl::ZeroDuration());
  Finish({{"Retry-After", "30"}}, 429);
  Finish({{"Retry-After", "1"}}, 429);
  EXPECT_EQ(Acquire(), absl::Seconds(30));
}

TEST_F(PacerTest, A429WithoutRetryAfterHoldsUntilTheReset) {
  Exchange({{"RateLimit", R"("second";r=3;t=1, "hour";r=1;t=900)"}}, 429);
  EXPECT_EQ(Acquire(), absl::Seconds(900));
}

TEST_F(PacerTest, RetryAfterOfOtherRepliesHoldsNothing) {
  Exchange({{"Retry-After", "7"}}, 200);
  Exchange({{"Retry-After", "7"}}, 500);
  EXPECT_EQ(Acquire(), absl::ZeroDuration());
}

TEST_F(PacerTest, AClockThatIsSetBackHoldsNothing) {
  Exchange(Left(0));
  clock_.Advance(absl::Hours(-1));
  EXPECT_EQ(Acquire(), absl::ZeroDuration());
  Finish({{"Retry-After", "60"}}, 503);
  clock_.Advance(absl::Hours(-1));
  EXPECT_EQ(Acquire(), absl::ZeroDuration());
}

TEST_F(PacerTest, ManyPolicyNamesTakeBoundedMemoryAndStayObeyed) {
  for (int i = 0; i < 100; ++i) {
    Exchange({{"RateLimit", absl::StrCat("\"p", i, "\";r=", 1000, ";t=60")}});
  }
  Exchange({{"RateLimit", "\"p3\";r=0;t=60"}});
  EXPECT_EQ(Acquire(), absl::Seconds(60));
}

}  // namespace
}  // namespace aifx::http
