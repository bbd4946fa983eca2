// The typed client over libcurl and its protection against a scripted server.
#include "client/backend/backend_http.h"

#include "client/http/http_failure.h"
#include "core/base/ids.h"
#include "tests/support/raw_http_server.h"
#include "tests/unit/client/backend/backend_fixture.h"

namespace aifx::backend {
namespace {

using ::aifx::testing::HttpReply;
using ::aifx::testing::RawHttpServer;
using ::aifx::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using Then = RawHttpServer::Then;

constexpr char kHealthy[] = R"({"success":true,"data":{"status":"healthy"},"error":null})";

std::string Failure(const std::string& message) {
  return R"({"success":false,"data":null,"code":"INTERNAL_ERROR","error":")" + message + "\"}";
}

records::Submission Buy() {
  return {.request_id = kRequestId,
          .pair = market::CurrencyPair::Parse("EUR/USD").value(),
          .timeframe = market::Timeframe::k1Hour,
          .signal = records::Signal::kBuy,
          .confidence = 0.6,
          .factors = {0.7, 0.5, 0.25},
          .entry_price = 1.1};
}

class BackendHttpTest : public ::testing::Test {
 protected:
  void Connect(const RawHttpServer& server, BackendHttpOptions options = {}) {
    BackendConfig config;
    config.base_url = server.Url("");
    config.api_key = kKey;
    config.retry.max_attempts = 1;
    ASSERT_OK_AND_ASSIGN(
        http_, MakeBackendHttp(config.base_url, std::move(options), base::SystemClock(), logger_));
    ASSERT_OK_AND_ASSIGN(client_, BackendClient::Create(config, http_->Dependencies()));
  }

  RecordingLogger logger_;
  std::unique_ptr<BackendHttp> http_;
  std::unique_ptr<BackendClient> client_;
};

TEST_F(BackendHttpTest, RefusesABaseUrlThatIsNone) {
  EXPECT_THAT(MakeBackendHttp("ftp://x", {}, base::SystemClock(), logger_),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("base_url: `ftp://x`")));
}

TEST_F(BackendHttpTest, RefusedValuesDoNotOpenTheCircuitBreaker) {
  RawHttpServer server({{{HttpReply(500, Failure("Validation error: takeProfit"))}}});
  Connect(server);
  for (int i = 0; i < 12; ++i) {
    EXPECT_THAT(client_->Submit(Buy(), {}),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("Validation error")));
  }
  EXPECT_EQ(http_->Stats().breaker, http::BreakerState::kClosed);
  EXPECT_THAT(server.requests(), SizeIs(12));
}

TEST_F(BackendHttpTest, AFailingBackendIsNoLongerAskedAndNothingIsAmbiguous) {
  RawHttpServer server({{{HttpReply(500, Failure("relation does not exist"))}}});
  Connect(server);
  for (int i = 0; i < 10; ++i) {
    EXPECT_THAT(client_->Submit(Buy(), {}),
                StatusIs(absl::StatusCode::kUnavailable, HasSubstr("may have been stored")));
  }
  EXPECT_THAT(
      client_->Submit(Buy(), {}),
      StatusIs(absl::StatusCode::kUnavailable,
               AllOf(HasSubstr("was not asked"), HasSubstr("10 of 10 calls within 10s failed"),
                     HasSubstr("the last: status 500"), Not(HasSubstr("may have been stored")))));
  EXPECT_THAT(server.requests(), SizeIs(10));
}

TEST_F(BackendHttpTest, AUsedUpRateLimitSaysHowLongToWait) {
  RawHttpServer server({{{HttpReply(200, kHealthy, "RateLimit: \"p\";r=0;t=900\r\n")}}});
  Connect(server);
  ASSERT_OK(client_->Health({}));
  const auto refused = client_->Health({});
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kResourceExhausted,
                                AllOf(HasSubstr("was not asked"), HasSubstr("try again in 15m"))));
  EXPECT_NEAR(base::RetryAfterSecondsOf(refused.status()), 900, 30);
  EXPECT_THAT(server.requests(), SizeIs(1));
}

TEST_F(BackendHttpTest, CountsRepeatsAgainstTheBudget) {
  RawHttpServer server({{{HttpReply(503, Failure("busy"))}}});
  BackendConfig config;
  config.base_url = server.Url("");
  config.retry = {.max_attempts = 5, .first_backoff = absl::ZeroDuration()};
  ASSERT_OK_AND_ASSIGN(
      http_,
      MakeBackendHttp(config.base_url,
                      {.origin = {.breaker = {.min_calls = 1000}, .retry_budget = {.capacity = 2}}},
                      base::SystemClock(), logger_));
  ASSERT_OK_AND_ASSIGN(client_, BackendClient::Create(config, http_->Dependencies()));
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(client_->Health({}).ok());
  EXPECT_EQ(http_->Stats().calls, 7);
  EXPECT_EQ(http_->Stats().repeats, 2);
  EXPECT_GE(http_->Stats().repeats_denied, 4);
}

// Real calls of every kind of end, with all that is logged: the key is nowhere but on the wire.
TEST_F(BackendHttpTest, TheKeyIsNeverLoggedNorReported) {
  const std::string echo = std::string("bad token ") + kKey;
  struct Case {
    const char* name;
    RawHttpServer::Step step;
  };
  for (const Case& c : std::vector<Case>{
           {"success", {HttpReply(200, kHealthy)}},
           {"401 that repeats the key", {HttpReply(401, Failure(echo))}},
           {"500 that repeats the key", {HttpReply(500, Failure(echo))}},
           {"500 that refuses with the key",
            {HttpReply(500, Failure("Validation error: " + echo))}},
           {"a page that repeats the key",
            {HttpReply(502, "<p>" + echo, std::string("Content-Type: ") + kKey + "\r\n")}},
           {"a header that repeats the key",
            {HttpReply(429, "", std::string("Retry-After: ") + kKey + "\r\n")}},
           {"no HTTP at all", {"HTP " + echo + "\r\n\r\n", Then::kClose}},
           {"reset", {"", Then::kReset}},
           {"timeout", {"", Then::kHang}}}) {
    SCOPED_TRACE(c.name);
    RawHttpServer server({{c.step}});
    Connect(server, {.curl = {.total_timeout = absl::Milliseconds(100)}});
    std::string said = client_->Health({}).status().ToString();
    for (int i = 0; i < 11; ++i) said += client_->Submit(Buy(), {}).status().ToString();
    EXPECT_THAT(said, Not(HasSubstr(kKey)));
    ASSERT_THAT(server.requests(), Not(IsEmpty()));
    EXPECT_THAT(server.requests()[0], HasSubstr(std::string("Authorization: Bearer ") + kKey));
  }
  EXPECT_THAT(logger_.text(), AllOf(HasSubstr("the backend failed"), Not(HasSubstr(kKey))));
}

class PriorityTest : public BackendTest {};

TEST_F(PriorityTest, AConfigurationMayPutAllItsCallsInTheBackground) {
  PushData(R"({"status":"healthy"})");
  ASSERT_OK(client_->Health({}));
  BackendConfig config;
  config.priority = http::Priority::kBackground;
  Connect(config);
  PushData(R"({"status":"healthy"})");
  ASSERT_OK(client_->Health({}));
  EXPECT_EQ(http_.requests()[0].priority, http::Priority::kInteractive);
  EXPECT_EQ(http_.requests()[1].priority, http::Priority::kBackground);
}

}  // namespace
}  // namespace aifx::backend
