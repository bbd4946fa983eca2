#include "client/http/origin_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "absl/strings/match.h"
#include "client/http/http_failure.h"
#include "core/base/violation.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_http_client.h"
#include "tests/support/recording_logger.h"
#include "tests/support/status_matchers.h"

namespace aifx::http {
namespace {

using ::aifx::testing::FakeHttpClient;
using ::aifx::testing::StatusIs;
using ::testing::_;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;

HttpRequest Get(Priority priority = Priority::kInteractive) {
  return {.method = "GET", .url = "http://h:3000/api/x?q=1", .priority = priority};
}

class OriginClientTest : public ::testing::Test {
 protected:
  OriginClientTest() { Make({}); }

  void Make(OriginOptions options) {
    client_ = std::make_unique<OriginClient>(
        ParseBaseUrl("http://h:3000/api").value(), std::move(options),
        OriginDependencies{transport_, clock_, logger_, [] { return 0.0; }});
  }
  absl::Status Send(const HttpRequest& request = Get(), const base::CallContext& context = {}) {
    return client_->Send(request, context).status();
  }
  base::CallContext In(absl::Duration time) {
    base::CallContext context;
    context.deadline = clock_.Now() + time;
    return context;
  }
  void PushLimit(int remaining, int reset_s) {
    transport_.Push(HttpResponse{
        .status = 200,
        .headers = {
            {"RateLimit", absl::StrCat("limit=10, remaining=", remaining, ", reset=", reset_s)}}});
  }
  void PushFailures(int count, const HttpFailure& failure) {
    for (int i = 0; i < count; ++i) {
      transport_.Push(WithHttpFailure(absl::UnavailableError("GET http://h: refused"), failure));
    }
  }
  absl::Duration Slept() {
    const std::vector<absl::Duration> sleeps = clock_.sleeps();
    return std::accumulate(sleeps.begin(), sleeps.end(), absl::ZeroDuration());
  }

  testing::FakeClock clock_;
  testing::RecordingLogger logger_;
  FakeHttpClient transport_{[](const HttpRequest&) { return HttpResponse{.status = 200}; }};
  std::unique_ptr<OriginClient> client_;
};

TEST_F(OriginClientTest, WaitsForTheRateLimit) {
  PushLimit(0, 7);
  ASSERT_OK(Send());
  ASSERT_OK(Send());
  EXPECT_EQ(Slept(), absl::Seconds(7));
  EXPECT_EQ(client_->Stats().paced, 1);
  EXPECT_EQ(client_->Stats().paced_time, absl::Seconds(7));
  EXPECT_THAT(logger_.text(), AllOf(HasSubstr("rate limit"), HasSubstr("wait=7s")));
}

TEST_F(OriginClientTest, RefusesAtOnceWhatCannotWait) {
  PushLimit(0, 7);
  ASSERT_OK(Send());
  const absl::Status status = Send(Get(), In(absl::Seconds(7)));
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kResourceExhausted,
                               "the rate limit of http://h:3000 has no room for this call until "
                               "2018-06-12T10:00:07.000Z: try again in 7s"));
  EXPECT_EQ(base::RetryAfterSecondsOf(status), 7.0);
  EXPECT_EQ(HttpFailureOf(status), (HttpFailure{.may_have_arrived = false, .refused_here = true}));
  EXPECT_EQ(Slept(), absl::ZeroDuration());
  EXPECT_EQ(client_->Stats().refused_by_rate_limit, 1);
  EXPECT_OK(Send(Get(), In(absl::Seconds(7) + absl::Nanoseconds(1))));
}

TEST_F(OriginClientTest, InteractiveCallsWaitTenSecondsAndBackgroundOnesAnHour) {
  PushLimit(0, 11);
  ASSERT_OK(Send());
  EXPECT_THAT(Send(), StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("11s")));
  EXPECT_OK(Send(Get(Priority::kBackground)));
  EXPECT_EQ(Slept(), absl::Seconds(11));
}

TEST_F(OriginClientTest, BackgroundCallsWaitFirst) {
  PushLimit(2, 5);
  PushLimit(1, 5);
  ASSERT_OK(Send());
  ASSERT_OK(Send());
  EXPECT_EQ(Slept(), absl::ZeroDuration());
  ASSERT_OK(Send(Get(Priority::kBackground)));
  EXPECT_EQ(Slept(), absl::Seconds(5));
}

TEST_F(OriginClientTest, CancellingEndsAWait) {
  PushLimit(0, 3600);
  ASSERT_OK(Send());
  base::CallContext context;
  context.Cancel();
  EXPECT_THAT(Send(Get(Priority::kBackground), context), StatusIs(absl::StatusCode::kCancelled, _));
  EXPECT_EQ(Slept(), absl::ZeroDuration());
}

TEST_F(OriginClientTest, RetryAfterHoldsTheServerBack) {
  transport_.Push(HttpResponse{.status = 503, .headers = {{"Retry-After", "3"}}});
  ASSERT_OK(Send());
  ASSERT_OK(Send());
  EXPECT_EQ(Slept(), absl::Seconds(3));
}

TEST_F(OriginClientTest, SaysWhoAskedToWait) {
  transport_.Push(HttpResponse{.status = 503, .headers = {{"Retry-After", "30"}}});
  ASSERT_OK(Send());
  EXPECT_THAT(Send(), StatusIs(absl::StatusCode::kResourceExhausted,
                               "http://h:3000 asked (status 503, Retry-After) for no call until "
                               "2018-06-12T10:00:30.000Z: try again in 30s"));
  clock_.Advance(absl::Seconds(30));
  transport_.Push(HttpResponse{.status = 429, .headers = {{"Retry-After", "30"}}});
  ASSERT_OK(Send());
  EXPECT_THAT(Send(), StatusIs(absl::StatusCode::kResourceExhausted,
                               HasSubstr("the rate limit of http://h:3000 has no room")));
}

TEST_F(OriginClientTest, BackgroundCallsWaitForTheBreaker) {
  PushFailures(5, {.may_have_arrived = false});
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(Send().ok());
  const HttpRequest background = Get(Priority::kBackground);
  EXPECT_THAT(Send(background, In(absl::Seconds(5))),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("no call is sent")));
  base::CallContext cancelled;
  cancelled.Cancel();
  EXPECT_THAT(Send(background, cancelled), StatusIs(absl::StatusCode::kCancelled, _));
  EXPECT_THAT(Send(), StatusIs(absl::StatusCode::kUnavailable, _));  // interactive
  EXPECT_EQ(Slept(), absl::ZeroDuration());
  EXPECT_OK(Send(background));
  EXPECT_EQ(Slept(), absl::Seconds(5));
  EXPECT_EQ(clock_.sleeps().front(), absl::Milliseconds(250));
  EXPECT_OK(Send(background));
  EXPECT_EQ(client_->Stats().breaker, BreakerState::kClosed);
}

TEST_F(OriginClientTest, BackgroundCallsWaitForTheBreakerNoLongerThanTheyMay) {
  Make({.longest_background_wait = absl::Seconds(4)});
  PushFailures(5, {.may_have_arrived = false});
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(Send().ok());
  EXPECT_THAT(Send(Get(Priority::kBackground)),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("no call is sent")));
  EXPECT_EQ(Slept(), absl::ZeroDuration());
}

TEST_F(OriginClientTest, RefusesWhileTheServerCannotBeReachedAndRecovers) {
  PushFailures(5, {.may_have_arrived = false});
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(Send().ok());
  const absl::Status status = Send();
  EXPECT_THAT(status,
              StatusIs(absl::StatusCode::kUnavailable,
                       "no call is sent to http://h:3000 until 2018-06-12T10:00:05.000Z (in 5s): "
                       "5 connections in a row failed (the last: GET http://h: refused)"));
  EXPECT_EQ(HttpFailureOf(status), (HttpFailure{.may_have_arrived = false, .refused_here = true}));
  EXPECT_EQ(base::RetryAfterSecondsOf(status), 5.0);
  EXPECT_THAT(transport_.requests(), SizeIs(5));
  EXPECT_EQ(client_->Stats().breaker, BreakerState::kOpen);
  clock_.Advance(absl::Seconds(5));
  EXPECT_OK(Send());
  EXPECT_OK(Send());
  EXPECT_EQ(client_->Stats().breaker, BreakerState::kClosed);
  EXPECT_THAT(logger_.text(), AllOf(HasSubstr("breaker opens"), HasSubstr("breaker closes")));
}

TEST_F(OriginClientTest, AnOpenBreakerIsAskedBeforeTheRateLimit) {
  PushLimit(5, 60);
  ASSERT_OK(Send());
  PushFailures(5, {.may_have_arrived = false});
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(Send().ok());  // the limit is used up too
  EXPECT_THAT(Send(), StatusIs(absl::StatusCode::kUnavailable, _));
  EXPECT_EQ(Slept(), absl::ZeroDuration());
}

TEST_F(OriginClientTest, OnlyWhatSaysThatTheServerIsIllCounts) {
  struct Case {
    const char* name;
    absl::StatusOr<HttpResponse> result;
    bool opens;
  };
  const HttpFailure arrived;
  for (const Case& c : std::vector<Case>{
           {"200", HttpResponse{.status = 200}, false},
           {"400", HttpResponse{.status = 400}, false},
           {"401", HttpResponse{.status = 401}, false},
           {"429", HttpResponse{.status = 429}, false},
           {"500", HttpResponse{.status = 500, .body = "oops"}, true},
           {"500 that the caller is to blame for",
            HttpResponse{.status = 500, .body = "Validation error"}, false},
           {"503", HttpResponse{.status = 503}, true},
           {"reset", WithHttpFailure(absl::UnavailableError(""), arrived), true},
           {"cancelled", WithHttpFailure(absl::CancelledError(""), arrived), false},
           {"in a hurry", WithHttpFailure(absl::DeadlineExceededError(""), arrived), false},
           {"too large",
            WithHttpFailure(absl::ResourceExhaustedError(""), {.reply_too_large = true}), false},
           {"malformed",
            WithHttpFailure(absl::InvalidArgumentError(""), {.may_have_arrived = false}), false}}) {
    SCOPED_TRACE(c.name);
    Make({.is_failure = [](const HttpResponse& reply) {
      return reply.status >= 500 && !absl::StartsWith(reply.body, "Validation error");
    }});
    for (int i = 0; i < 10; ++i) {
      transport_.Push(c.result);
      static_cast<void>(Send());
    }
    EXPECT_EQ(client_->Stats().breaker, c.opens ? BreakerState::kOpen : BreakerState::kClosed);
  }
}

TEST_F(OriginClientTest, ATimeoutCountsWhereTheServerHadTime) {
  FakeHttpClient slow([this](const HttpRequest&) -> absl::StatusOr<HttpResponse> {
    clock_.Advance(absl::Seconds(1));
    return WithHttpFailure(absl::DeadlineExceededError("slow"), {.may_have_arrived = true});
  });
  OriginClient client(ParseBaseUrl("http://h:3000").value(), {.breaker = {.min_calls = 3}},
                      {slow, clock_, logger_, [] { return 0.0; }});
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(client.Send(Get(), {}).ok());
  EXPECT_EQ(client.Stats().breaker, BreakerState::kOpen);
}

TEST_F(OriginClientTest, RefusesRequestsToAnotherServer) {
  for (const char* url : {"http://h/api", "https://h:3000/api", "http://g:3000/api",
                          "http://h:3000@g/", "http://h:30001/", "h:3000/api", ""}) {
    SCOPED_TRACE(url);
    EXPECT_THAT(Send({.method = "GET", .url = url}),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("http://h:3000")));
  }
  EXPECT_THAT(transport_.requests(), SizeIs(0));
  EXPECT_OK(Send({.method = "GET", .url = "HTTP://H:3000?x=@"}));
}

TEST_F(OriginClientTest, CallsFillTheRetryBudgetAndRepeatsDoNot) {
  RetryBudget& budget = client_->retry_budget();
  while (budget.TryRepeat(clock_.Now())) {
  }
  HttpRequest repeat = Get();
  repeat.repeat = true;
  for (int i = 0; i < 100; ++i) ASSERT_OK(Send(repeat));
  EXPECT_FALSE(budget.TryRepeat(clock_.Now()));
  for (int i = 0; i < 10; ++i) ASSERT_OK(Send());
  EXPECT_TRUE(budget.TryRepeat(clock_.Now()));
}

TEST_F(OriginClientTest, CountsWhatHappened) {
  ASSERT_OK(Send());
  transport_.Push(HttpResponse{.status = 500});
  HttpRequest repeat = Get();
  repeat.repeat = true;
  ASSERT_OK(Send(repeat));
  PushFailures(2, {.may_have_arrived = true});
  EXPECT_FALSE(Send({.method = "POST", .url = "http://h:3000/", .body = "{}"}).ok());
  EXPECT_FALSE(Send().ok());
  const OriginStats stats = client_->Stats();
  EXPECT_EQ(stats.calls, 4);
  EXPECT_EQ(stats.repeats, 1);
  EXPECT_EQ(stats.replies, 2);
  EXPECT_EQ(stats.failed_replies, 1);
  EXPECT_EQ(stats.no_reply, 2);
  EXPECT_EQ(stats.ambiguous, 1);
  EXPECT_EQ(stats.repeats_left, 10.0);
}

}  // namespace
}  // namespace aifx::http
