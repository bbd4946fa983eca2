#include "client/http/retry_budget.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/http/http_failure.h"
#include "client/http/retry.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_http_client.h"
#include "tests/support/status_matchers.h"

namespace aifx::http {
namespace {

using ::aifx::testing::FakeHttpClient;
using ::aifx::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class RetryBudgetTest : public ::testing::Test {
 protected:
  int RepeatsLeft() {
    int repeats = 0;
    while (budget_.TryRepeat(clock_.Now())) ++repeats;
    return repeats;
  }

  testing::FakeClock clock_;
  RetryBudget budget_{RetryBudgetOptions{}};
};

TEST_F(RetryBudgetTest, GrantsOneRepeatForTenCallsBeyondWhatWasSavedUp) {
  EXPECT_EQ(RepeatsLeft(), 10);
  for (int i = 0; i < 9; ++i) budget_.OnCall(clock_.Now());
  EXPECT_EQ(RepeatsLeft(), 0);
  budget_.OnCall(clock_.Now());
  EXPECT_EQ(RepeatsLeft(), 1);
  EXPECT_EQ(budget_.snapshot().granted, 11);
  EXPECT_EQ(budget_.snapshot().denied, 3);
}

TEST_F(RetryBudgetTest, SavesUpNoMoreThanItsCapacity) {
  for (int i = 0; i < 100'000; ++i) budget_.OnCall(clock_.Now());
  EXPECT_EQ(RepeatsLeft(), 10);
}

TEST_F(RetryBudgetTest, AQuietClientMayStillRepeat) {
  EXPECT_EQ(RepeatsLeft(), 10);
  clock_.Advance(absl::Seconds(29));
  EXPECT_EQ(RepeatsLeft(), 0);
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(RepeatsLeft(), 1);
  clock_.Advance(absl::Hours(-1));  // the clock is set back: nothing is lost or won
  EXPECT_EQ(RepeatsLeft(), 0);
  clock_.Advance(absl::Seconds(30));
  EXPECT_EQ(RepeatsLeft(), 1);
}

TEST_F(RetryBudgetTest, KeepsARetrierWithinATenthOfItsCalls) {
  FakeHttpClient failing([](const HttpRequest&) { return HttpResponse{.status = 503}; });
  const Retrier retrier(
      failing, clock_, [] { return 0.0; }, {.max_attempts = 3}, &budget_);
  for (int i = 0; i < 1000; ++i) {
    budget_.OnCall(clock_.Now());
    ASSERT_OK(retrier.SendIdempotent({.method = "GET", .url = "http://h/"}, {}));
  }
  const size_t sent = failing.requests().size();
  EXPECT_GE(sent, 1100u);
  EXPECT_LE(sent, 1110u);  // with the ten that were saved up
}

TEST_F(RetryBudgetTest, MarksRepeatsAndNothingElse) {
  FakeHttpClient client;
  client.Push(HttpResponse{.status = 503});
  client.Push(HttpResponse{.status = 503});
  client.Push(HttpResponse{.status = 200});
  ASSERT_OK(Retrier(
                client, clock_, [] { return 0.0; }, {.max_attempts = 3}, &budget_)
                .SendIdempotent({.method = "PUT", .url = "http://h/", .body = "{}"}, {}));
  ASSERT_THAT(client.requests(), SizeIs(3));
  EXPECT_FALSE(client.requests()[0].repeat);
  EXPECT_TRUE(client.requests()[1].repeat);
  EXPECT_TRUE(client.requests()[2].repeat);
  EXPECT_EQ(client.requests()[2].body, "{}");
}

TEST_F(RetryBudgetTest, WhatWasRefusedHereIsNotRepeated) {
  FakeHttpClient client;
  client.Push(WithHttpFailure(absl::UnavailableError("open"),
                              {.may_have_arrived = false, .refused_here = true}));
  EXPECT_THAT(Retrier(
                  client, clock_, [] { return 0.0; }, {.max_attempts = 3}, &budget_)
                  .SendIdempotent({.method = "GET", .url = "http://h/"}, {}),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("open")));
  EXPECT_THAT(client.requests(), SizeIs(1));
}

}  // namespace
}  // namespace aifx::http
