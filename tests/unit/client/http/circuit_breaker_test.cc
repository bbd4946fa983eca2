#include "client/http/circuit_breaker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "tests/support/fake_clock.h"

namespace aifx::http {
namespace {

using ::testing::HasSubstr;
using State = BreakerState;
using enum CallResult;

class CircuitBreakerTest : public ::testing::Test {
 protected:
  // One call from admission to its result; false where it was refused.
  bool Call(CallResult result) {
    CircuitBreaker::Ticket ticket;
    if (breaker_.Admit(clock_.Now(), ticket).has_value()) return false;
    breaker_.Record(ticket, result, "status 500", clock_.Now());
    return true;
  }
  void Calls(int count, CallResult result) {
    for (int i = 0; i < count; ++i) ASSERT_TRUE(Call(result));
  }
  bool Refuses() { return breaker_.Check(clock_.Now()).has_value(); }
  absl::Duration OpenFor() { return breaker_.Check(clock_.Now())->until - clock_.Now(); }
  State state() { return breaker_.snapshot().state; }

  testing::FakeClock clock_;
  double uniform_ = 0.0;  // the longest time open
  CircuitBreaker breaker_{BreakerOptions{}, [this] { return uniform_; }};
};

TEST_F(CircuitBreakerTest, OpensAtHalfOfTenCalls) {
  Calls(4, kSuccess);
  Calls(1, kFailure);
  Calls(1, kSuccess);
  Calls(3, kFailure);
  EXPECT_EQ(state(), State::kClosed);  // 4 of 9
  Calls(1, kFailure);                  // 5 of 10
  EXPECT_EQ(state(), State::kOpen);
  EXPECT_FALSE(Call(kSuccess));
  EXPECT_THAT(breaker_.Check(clock_.Now())->why,
              HasSubstr("5 of 10 calls within 10s failed (the last: status 500)"));
}

TEST_F(CircuitBreakerTest, StaysClosedBelowTheShareAndBelowTheCalls) {
  Calls(9, kFailure);
  EXPECT_EQ(state(), State::kClosed);
  clock_.Advance(absl::Seconds(10));
  for (int i = 0; i < 100; ++i) {
    Calls(3, kSuccess);
    Calls(1, kFailure);
  }
  EXPECT_EQ(state(), State::kClosed);
}

TEST_F(CircuitBreakerTest, CountsOnlyTheWindow) {
  Calls(9, kFailure);
  clock_.Advance(absl::Seconds(9));
  Calls(1, kFailure);
  EXPECT_EQ(state(), State::kOpen);  // still within ten slices of a second
}

TEST_F(CircuitBreakerTest, ForgetsWhatIsOlderThanTheWindow) {
  Calls(9, kFailure);
  clock_.Advance(absl::Seconds(10));
  Calls(1, kFailure);
  EXPECT_EQ(state(), State::kClosed);
}

TEST_F(CircuitBreakerTest, FiveConnectFailuresInARowOpenIt) {
  Calls(4, kConnectFailure);
  Calls(1, kSuccess);
  Calls(4, kConnectFailure);
  EXPECT_EQ(state(), State::kClosed);
  Calls(1, kConnectFailure);
  EXPECT_EQ(state(), State::kOpen);
  EXPECT_THAT(breaker_.Check(clock_.Now())->why, HasSubstr("5 connections in a row failed"));
}

TEST_F(CircuitBreakerTest, WhatSaysNothingCountsForNothing) {
  Calls(100, kNone);
  Calls(4, kConnectFailure);
  Calls(1, kNone);
  EXPECT_EQ(state(), State::kClosed);
  Calls(1, kConnectFailure);
  EXPECT_EQ(state(), State::kOpen);
}

TEST_F(CircuitBreakerTest, LetsOneProbeThroughWhenItsTimeIsOver) {
  Calls(5, kConnectFailure);
  clock_.Advance(absl::Seconds(5) - absl::Nanoseconds(1));
  EXPECT_TRUE(Refuses());
  clock_.Advance(absl::Nanoseconds(1));
  CircuitBreaker::Ticket probe, other;
  ASSERT_FALSE(breaker_.Admit(clock_.Now(), probe).has_value());
  EXPECT_TRUE(probe.probe);
  EXPECT_EQ(state(), State::kHalfOpen);
  const auto refusal = breaker_.Admit(clock_.Now(), other);
  ASSERT_TRUE(refusal.has_value());
  EXPECT_THAT(refusal->why, HasSubstr("finding out"));
  EXPECT_EQ(breaker_.Record(probe, kSuccess, "", clock_.Now()), std::nullopt);
  ASSERT_FALSE(breaker_.Admit(clock_.Now(), probe).has_value());
  EXPECT_EQ(breaker_.Record(probe, kSuccess, "", clock_.Now()), State::kClosed);
  // It starts to count anew.
  Calls(4, kConnectFailure);
  EXPECT_EQ(state(), State::kClosed);
}

TEST_F(CircuitBreakerTest, AProbeThatSaysNothingLetsTheNextOneProbe) {
  Calls(5, kConnectFailure);
  clock_.Advance(absl::Seconds(5));
  Calls(1, kNone);
  EXPECT_EQ(state(), State::kHalfOpen);
  Calls(2, kSuccess);
  EXPECT_EQ(state(), State::kClosed);
}

TEST_F(CircuitBreakerTest, FailedProbesDoubleTheTimeUpToAMinute) {
  Calls(5, kConnectFailure);
  for (const int seconds : {5, 10, 20, 40, 60, 60}) {
    EXPECT_EQ(OpenFor(), absl::Seconds(seconds));
    clock_.Advance(absl::Seconds(seconds));
    Calls(1, kFailure);
  }
  EXPECT_EQ(breaker_.snapshot().opened, 7);
  // One success is no recovery.
  clock_.Advance(absl::Seconds(60));
  Calls(1, kSuccess);
  Calls(1, kFailure);
  EXPECT_EQ(OpenFor(), absl::Seconds(60));
  clock_.Advance(absl::Seconds(60));
  Calls(2, kSuccess);
  Calls(5, kConnectFailure);
  EXPECT_EQ(OpenFor(), absl::Seconds(5));
}

TEST_F(CircuitBreakerTest, JitterShortensTheTimeByUpToAFifth) {
  uniform_ = 0.5;
  Calls(5, kConnectFailure);
  EXPECT_EQ(OpenFor(), absl::Milliseconds(4500));
}

TEST_F(CircuitBreakerTest, IgnoresResultsOfCallsFromBeforeAChange) {
  std::vector<CircuitBreaker::Ticket> old(10);
  for (CircuitBreaker::Ticket& ticket : old) {
    ASSERT_FALSE(breaker_.Admit(clock_.Now(), ticket).has_value());
  }
  Calls(5, kConnectFailure);
  clock_.Advance(absl::Seconds(5));
  Calls(1, kSuccess);
  for (const CircuitBreaker::Ticket& ticket : old) {
    EXPECT_EQ(breaker_.Record(ticket, kConnectFailure, "", clock_.Now()), std::nullopt);
  }
  EXPECT_EQ(state(), State::kHalfOpen);
  Calls(1, kSuccess);
  EXPECT_EQ(state(), State::kClosed);
}

TEST_F(CircuitBreakerTest, AClockThatIsSetBackDoesNotKeepItOpen) {
  Calls(5, kConnectFailure);
  clock_.Advance(absl::Hours(-1));
  Calls(2, kSuccess);
  EXPECT_EQ(state(), State::kClosed);
}

}  // namespace
}  // namespace aifx::http
