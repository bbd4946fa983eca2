#include "client/http/retry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "client/http/http_date.h"
#include "client/http/http_failure.h"
#include "core/base/violation.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_http_client.h"
#include "tests/support/status_matchers.h"

namespace aifx::http {
namespace {

using ::aifx::testing::FakeClock;
using ::aifx::testing::FakeHttpClient;
using ::aifx::testing::StatusIs;
using ::testing::_;
using ::testing::SizeIs;

base::CallContext Until(absl::Time deadline) {
  base::CallContext context;
  context.deadline = deadline;
  return context;
}

HttpResponse Answer(int status, Headers headers = {}) {
  return {.status = status, .headers = std::move(headers), .body = ""};
}

class RetryTest : public ::testing::Test {
 protected:
  absl::StatusOr<HttpResponse> Send(const base::CallContext& context = {}) {
    return Retrier(
               client_, clock_, [this] { return uniform_; }, policy_)
        .SendIdempotent({.method = "GET", .url = "http://h/"}, context);
  }
  absl::Duration Slept() {
    const std::vector<absl::Duration> sleeps = clock_.sleeps();
    return std::accumulate(sleeps.begin(), sleeps.end(), absl::ZeroDuration());
  }

  FakeHttpClient client_;
  FakeClock clock_;
  double uniform_ = 0.5;
  RetryPolicy policy_;
};

TEST_F(RetryTest, RepeatsTransientFailuresWithDoublingJitteredWaits) {
  client_.Push(absl::UnavailableError("reset"));
  client_.Push(Answer(503));
  client_.Push(Answer(200));
  ASSERT_OK_AND_ASSIGN(const HttpResponse response, Send());
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(Slept(), absl::Milliseconds(100 + 200));  // half of 200 ms, half of 400 ms
}

TEST_F(RetryTest, GivesUpAfterMaxAttemptsWithTheLastResult) {
  for (int i = 0; i < 3; ++i) client_.Push(absl::DeadlineExceededError("slow"));
  EXPECT_THAT(Send(), StatusIs(absl::StatusCode::kDeadlineExceeded, "slow"));
  EXPECT_THAT(client_.requests(), SizeIs(3));
}

TEST_F(RetryTest, CapsTheBackoff) {
  policy_ = {.max_attempts = 40, .max_backoff = absl::Seconds(1)};
  for (int i = 0; i < 40; ++i) client_.Push(Answer(500));
  uniform_ = 0.999;
  ASSERT_OK(Send());
  EXPECT_LT(Slept(), absl::Seconds(39));
}

TEST_F(RetryTest, DoesNotRepeatWhatWillNotPass) {
  for (const absl::StatusOr<HttpResponse>& result : std::vector<absl::StatusOr<HttpResponse>>{
           Answer(200), Answer(400), Answer(404), Answer(501), absl::CancelledError(""),
           absl::InvalidArgumentError("")}) {
    FakeHttpClient client;
    client.Push(result);
    Retrier(client, clock_, [] { return 0.5; }, {})
        .SendIdempotent({.method = "GET", .url = "http://h/"}, {})
        .IgnoreError();
    EXPECT_THAT(client.requests(), SizeIs(1));
  }
}

TEST_F(RetryTest, RetryAfterIsAFloor) {
  client_.Push(Answer(429, {{"retry-after", "7"}}));
  client_.Push(Answer(200));
  ASSERT_OK(Send());
  EXPECT_EQ(Slept(), absl::Seconds(7));
}

TEST_F(RetryTest, ALongRetryAfterIsLeftToAnInteractiveCaller) {
  client_.Push(Answer(429, {{"Retry-After", "10"}}));
  client_.Push(Answer(429, {{"Retry-After", "11"}}));
  ASSERT_OK_AND_ASSIGN(const HttpResponse response, Send());
  EXPECT_EQ(response.Header("Retry-After"), "11");
  EXPECT_EQ(Slept(), absl::Seconds(10));
  EXPECT_THAT(client_.requests(), SizeIs(2));
}

TEST_F(RetryTest, NeverSleepsPastTheDeadline) {
  client_.Push(Answer(429, {{"Retry-After", "7"}}));
  ASSERT_OK_AND_ASSIGN(const HttpResponse response, Send(Until(clock_.Now() + absl::Seconds(7))));
  EXPECT_EQ(response.status, 429);
  EXPECT_EQ(Slept(), absl::ZeroDuration());
  EXPECT_THAT(client_.requests(), SizeIs(1));
}

absl::Status RefusedHere() {
  return base::WithRetryAfter(WithHttpFailure(absl::UnavailableError("no call is sent for 5s"),
                                              {.may_have_arrived = false, .refused_here = true}),
                              4.5);
}

// A caller that were told "not asked" would take it that nothing can have been stored.
TEST_F(RetryTest, ARepeatThatIsRefusedHereLeavesTheResultBefore) {
  client_.Push(WithHttpFailure(absl::DeadlineExceededError("slow"), {.may_have_arrived = true}));
  client_.Push(RefusedHere());
  const absl::Status status = Send().status();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kDeadlineExceeded,
                               "slow (and no further try is made: no call is sent for 5s)"));
  EXPECT_EQ(HttpFailureOf(status), (HttpFailure{.may_have_arrived = true}));
  EXPECT_EQ(base::RetryAfterSecondsOf(status), 4.5);
  client_.Push(Answer(500));
  client_.Push(RefusedHere());
  ASSERT_OK_AND_ASSIGN(const HttpResponse response, Send());
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.Header("Retry-After"), "5");
  client_.Push(RefusedHere());  // the first attempt
  EXPECT_TRUE(HttpFailureOf(Send().status()).refused_here);
}

TEST_F(RetryTest, OneAttemptThatMayHaveArrivedMakesTheWholeAmbiguous) {
  policy_.max_attempts = 2;
  for (const absl::StatusOr<HttpResponse>& first : std::vector<absl::StatusOr<HttpResponse>>{
           WithHttpFailure(absl::DeadlineExceededError("slow"), {.may_have_arrived = true}),
           Answer(504)}) {
    client_.Push(first);
    client_.Push(
        WithHttpFailure(absl::UnavailableError("cannot connect"), {.may_have_arrived = false}));
    EXPECT_TRUE(HttpFailureOf(Send().status()).may_have_arrived);
  }
  for (int i = 0; i < 2; ++i) {
    client_.Push(
        WithHttpFailure(absl::UnavailableError("cannot connect"), {.may_have_arrived = false}));
  }
  EXPECT_FALSE(HttpFailureOf(Send().status()).may_have_arrived);
}

TEST_F(RetryTest, CancellingDuringAWaitEndsIt) {
  base::CallContext context;
  client_.Push(Answer(429, {{"Retry-After", "600"}}));
  const auto result =
      Retrier(
          client_, clock_, [] { return 0.0; }, policy_)
          .SendIdempotent(
              {.method = "GET", .url = "http://h/", .priority = Priority::kBackground}, context,
              Retrier::IsTransientStatus,
              [&](int, const absl::StatusOr<HttpResponse>&, absl::Duration) { context.Cancel(); });
  EXPECT_THAT(result, StatusIs(absl::StatusCode::kCancelled, _));
  EXPECT_LT(Slept(), absl::Seconds(1));
}

TEST(RetryAfterTest, ReadsSecondsAndDates) {
  const absl::Time now =
      absl::FromCivil(absl::CivilSecond(1994, 11, 6, 8, 49, 0), absl::UTCTimeZone());
  const std::vector<std::pair<std::string, std::optional<absl::Duration>>> cases = {
      {"0", absl::ZeroDuration()},
      {" 120 ", absl::Seconds(120)},
      {"7200", absl::Hours(1)},
      {"99999999999999999999999", absl::Hours(1)},
      {"Sun, 06 Nov 1994 08:49:37 GMT", absl::Seconds(37)},
      {"Sunday, 06-Nov-94 08:49:37 GMT", absl::Seconds(37)},
      {"Sun Nov  6 08:49:37 1994", absl::Seconds(37)},
      {"Sun, 06 Nov 1994 08:00:00 GMT", absl::ZeroDuration()},
      {"Sun, 06 Nov 2094 08:00:00 GMT", absl::Hours(1)},
      {"", std::nullopt},
      {"-5", std::nullopt},
      {"1.5", std::nullopt},
      {"soon", std::nullopt},
      {"infinite-future", std::nullopt}};
  for (const auto& [value, wait] : cases) {
    SCOPED_TRACE(value);
    EXPECT_EQ(RetryAfter(Answer(429, {{"Retry-After", value}}), now), wait);
  }
  // The server's clock is an hour behind ours: its own Date counts.
  EXPECT_EQ(RetryAfter(Answer(429, {{"Date", "Sun, 06 Nov 1994 07:49:00 GMT"},
                                    {"Retry-After", "Sun, 06 Nov 1994 07:49:37 GMT"}}),
                       now),
            absl::Seconds(37));
}

TEST(HttpFailureTest, TravelsWithTheStatus) {
  for (const HttpFailure& failure :
       {HttpFailure{false, false}, HttpFailure{true, false}, HttpFailure{true, true}}) {
    EXPECT_EQ(HttpFailureOf(WithHttpFailure(absl::UnavailableError(""), failure)), failure);
  }
  EXPECT_TRUE(HttpFailureOf(absl::UnavailableError("")).may_have_arrived);
}

}  // namespace
}  // namespace aifx::http
