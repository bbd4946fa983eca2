#include "client/backend/status_mapping.h"

#include "client/http/http_failure.h"
#include "core/base/violation.h"
#include "tests/unit/client/backend/backend_fixture.h"

namespace aifx::backend {
namespace {

using ::aifx::testing::FakeHttpClient;
using ::aifx::testing::StatusIs;
using ::testing::_;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

const Route kRoute = {"GET", "/things/:id", "reading things"};
constexpr char kUrl[] = "http://b:3000";

TEST(StatusMappingTest, MapsStatusesOfBothShapes) {
  struct Case {
    int http_status;
    std::string code, text;
    absl::StatusCode expected;
    std::string message;
    bool may_have_been_applied;
    bool transient;
  };
  using Code = absl::StatusCode;
  for (const Case& c : std::vector<Case>{
           {400, "INVALID_PAIR", "Invalid pair", Code::kInvalidArgument,
            "refuses reading things (400 INVALID_PAIR): Invalid pair", false, false},
           {401, "UNAUTHORIZED", "No token", Code::kFailedPrecondition,
            "the backend at http://b:3000 refuses our key (401 UNAUTHORIZED): set "
            "ML_ENGINE_API_KEY or ML_ENGINE_API_KEY_FILE",
            false, false},
           {403, "INVALID_API_KEY", "Invalid", Code::kFailedPrecondition, "ML_ENGINE_API_KEY",
            false, false},
           {403, "FORBIDDEN_SERVICE", "Invalid", Code::kFailedPrecondition,
            "refuses our X-Service-Name (403 FORBIDDEN_SERVICE): set the name", false, false},
           {404, "MODEL_NOT_FOUND", "No such model", Code::kNotFound, "No such model", false,
            false},
           {404, "ROUTE_NOT_FOUND", "nope", Code::kUnimplemented,
            "the backend at http://b:3000 has no route GET /things/:id (404 ROUTE_NOT_FOUND): "
            "reading things will not work",
            false, false},
           {409, "VERSION_EXISTS", "There", Code::kAlreadyExists, "409 VERSION_EXISTS", false,
            false},
           {429, "RATE_LIMITED", "Slow", Code::kResourceExhausted, "limits our requests", false,
            true},
           {500, "INTERNAL_ERROR", "Validation error: takeProfit", Code::kInvalidArgument,
            "Validation error: takeProfit", false, false},
           // What a server error says may hold SQL or paths: it stays in our log.
           {500, "INTERNAL_ERROR", "relation predictions leaks", Code::kUnavailable,
            "failed at reading things (500 INTERNAL_ERROR)", true, true},
           {503, "BUSY", "Later", Code::kUnavailable, "503 BUSY", true, true},
           {418, "TEAPOT", "No", Code::kInternal, "418 TEAPOT", false, false}}) {
    SCOPED_TRACE(c.http_status);
    for (const std::string& body :
         {absl::StrCat(R"({"success":false,"data":null,"error":{"code":")", c.code,
                       R"(","message":")", c.text, R"("},"metadata":{}})"),
          absl::StrCat(R"({"success":false,"data":null,"error":")", c.text, R"(","code":")", c.code,
                       R"(","stack":"Error: at leak.js"})")}) {
      const http::HttpResponse response = FakeHttpClient::Json(c.http_status, body);
      const auto data = DataOf(response, kRoute, kUrl, absl::UnixEpoch());
      EXPECT_THAT(data, StatusIs(c.expected, AllOf(HasSubstr(c.message), Not(HasSubstr("leak")))));
      EXPECT_EQ(base::ReasonOf(data.status()), c.code);
      EXPECT_EQ(MayHaveBeenApplied(data.status()), c.may_have_been_applied);
      EXPECT_EQ(IsTransientAnswer(response), c.transient);
    }
  }
}

TEST(StatusMappingTest, WhatIsNotTheBackendsJsonIsUnavailable) {
  for (const auto& [http_status, type, body] :
       std::vector<std::tuple<int, std::string, std::string>>{
           {200, "text/html", "<html>It works</html>"},
           {404, "text/html", "Cannot GET /api"},
           {502, "text/html", "Bad Gateway"},
           {302, "text/html", ""},
           {200, "application/json", "{\"success\":true,\"da"},
           {200, "", ""}}) {
    SCOPED_TRACE(body);
    const http::HttpResponse response = {
        .status = http_status, .headers = {{"Content-Type", type}}, .body = body};
    EXPECT_THAT(DataOf(response, kRoute, kUrl, absl::UnixEpoch()),
                StatusIs(absl::StatusCode::kUnavailable,
                         AllOf(HasSubstr("http://b:3000 answered"),
                               HasSubstr("is BACKEND_API_URL right?"), HasSubstr(type))));
  }
}

// Copying or writing such a document would overflow the stack.
TEST(StatusMappingTest, AnAnswerThatNestsTooDeeplyIsRefused) {
  const auto nested = [](size_t depth) {
    const http::HttpResponse response = FakeHttpClient::Json(
        200, absl::StrCat(R"({"success":true,"note":"[[\"[[","data":)", std::string(depth, '['),
                          std::string(depth, ']'), "}"));
    return DataOf(response, kRoute, kUrl, absl::UnixEpoch()).status();
  };
  EXPECT_OK(nested(63));  // within the envelope's object
  for (const size_t depth : {size_t{64}, size_t{200'000}}) {
    EXPECT_THAT(nested(depth), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("own form")));
  }
}

TEST(StatusMappingTest, AProxyThatRefusesOurKeyInPlainTextRefusesIt) {
  for (const int http_status : {401, 403}) {
    const http::HttpResponse response = {
        .status = http_status, .headers = {{"Content-Type", "text/html"}}, .body = "<html>No"};
    const auto data = DataOf(response, kRoute, kUrl, absl::UnixEpoch());
    EXPECT_THAT(data, StatusIs(absl::StatusCode::kFailedPrecondition,
                               HasSubstr(absl::StrCat("refuses our key (", http_status, ")"))));
    EXPECT_FALSE(MayHaveBeenApplied(data.status()));
  }
}

TEST(StatusMappingTest, RateLimitCarriesRetryAfterEvenAsPlainText) {
  const http::HttpResponse response = {
      .status = 429,
      .headers = {{"Content-Type", "text/html"}, {"Retry-After", "42"}},
      .body = "Too many requests, please try again later."};
  const auto data = DataOf(response, kRoute, kUrl, absl::UnixEpoch());
  EXPECT_THAT(data, StatusIs(absl::StatusCode::kResourceExhausted, _));
  EXPECT_EQ(base::RetryAfterSecondsOf(data.status()), 42);
}

TEST(StatusMappingTest, BoundsAndCleansTheBackendsText) {
  const std::string text = std::string(250, 'a') + R"(\n\u0007)" + std::string(2000, 'b');
  const auto data =
      DataOf(FakeHttpClient::Json(400, R"({"success":false,"error":")" + text + "\"}"), kRoute,
             kUrl, absl::UnixEpoch());
  EXPECT_LT(data.status().message().size(), 450u);
  EXPECT_THAT(data, StatusIs(absl::StatusCode::kInvalidArgument,
                             AllOf(Not(HasSubstr("\n")), Not(HasSubstr("\a")))));
}

class ChannelTest : public BackendTest {};

TEST_F(ChannelTest, SendsTheContractsHeaders) {
  PushData(R"({"status":"healthy","service":"ml-engine-api","timestamp":"t"})");
  base::CallContext context;
  context.request_id = "call-7";
  context.traceparent = "00-abc-def-01";
  ASSERT_OK_AND_ASSIGN(const BackendHealth health, client_->Health(context));
  EXPECT_EQ(health.status, "healthy");
  ASSERT_THAT(http_.requests(), SizeIs(1));
  const http::HttpRequest request = http_.requests()[0];
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.url, "http://backend.test:3000/api/v1/ml/health");
  EXPECT_EQ(request.max_response_bytes, size_t{1} << 20);
  EXPECT_THAT(request.headers, ::testing::IsSupersetOf(
                                   http::Headers{{"Authorization", std::string("Bearer ") + kKey},
                                                 {"X-Service-Name", "ml-engine"},
                                                 {"Content-Type", "application/json"},
                                                 {"X-Request-Id", "call-7"},
                                                 {"traceparent", "00-abc-def-01"}}));
}

TEST_F(ChannelTest, RepeatsReadsAndTellsWhereItLooked) {
  const absl::Status refused = http::WithHttpFailure(absl::UnavailableError("connection refused"),
                                                     {.may_have_arrived = false});
  for (int i = 0; i < 3; ++i) http_.Push(refused);
  const auto health = client_->Health({});
  EXPECT_THAT(health, StatusIs(absl::StatusCode::kUnavailable,
                               AllOf(HasSubstr("http://backend.test:3000 gave no answer"),
                                     HasSubstr("connection refused"))));
  EXPECT_THAT(http_.requests(), SizeIs(3));
  EXPECT_FALSE(MayHaveBeenApplied(health.status()));
  EXPECT_THAT(logger_.text(), HasSubstr("GET /health"));
}

TEST_F(ChannelTest, NoMessageAndNoLogLineHoldsTheKey) {
  const std::string echo = std::string("Bearer ") + kKey;
  const auto expect_clean = [&](const absl::Status& status) {
    EXPECT_FALSE(status.ok());
    EXPECT_THAT(status.ToString(), Not(HasSubstr(kKey)));
  };
  for (int status : {400, 401, 403, 404, 409, 429, 500, 503}) {
    for (int i = 0; i < 3; ++i) PushFailure(status, kKey, echo);
    const auto result = client_->Health({});
    expect_clean(result.status());
    while (http_.requests().size() % 3 != 0) client_->Health({}).IgnoreError();
  }
  testing::FakeHttpClient network(
      [&](const http::HttpRequest&) -> absl::StatusOr<http::HttpResponse> {
        return absl::UnavailableError(echo);
      });
  BackendConfig config;
  config.api_key = kKey;
  ASSERT_OK_AND_ASSIGN(const auto client, BackendClient::Create(config, {network, clock_, logger_,
                                                                         [] { return 0.; }}));
  expect_clean(client->Health({}).status());
  records::Submission submission{.request_id = kRequestId,
                                 .pair = Pair("EUR/USD"),
                                 .timeframe = market::Timeframe::k1Hour,
                                 .entry_price = 1.1,
                                 .stop_loss = {},
                                 .take_profit = {},
                                 .risk_reward_ratio = {},
                                 .position_size = {},
                                 .signal_strength = {},
                                 .market_condition = {},
                                 .technical_data_json = "",
                                 .model_version_id = ""};
  expect_clean(client->Submit(submission, {}).status());
  EXPECT_THAT(logger_.text(), HasSubstr("request_id"));
  EXPECT_THAT(logger_.text(), Not(HasSubstr(kKey)));
}

// A proxy's page and a stack trace are long, and cutting a text must not spare a part of the key.
TEST_F(ChannelTest, FailuresAreLoggedByCodeAndMessageAlone) {
  const std::string part = std::string(kKey).substr(0, 6);
  const std::string cut = std::string(300 - part.size(), 'x') + kKey;
  for (int i = 0; i < 3; ++i) PushFailure(500, "INTERNAL_ERROR", "relation is missing");
  EXPECT_FALSE(client_->Health({}).ok());
  EXPECT_THAT(logger_.text(),
              HasSubstr("status=500 code=INTERNAL_ERROR message=relation is missing request_id="));
  for (int i = 0; i < 3; ++i) {
    http_.Push(http::HttpResponse{
        .status = 502, .headers = {{"Content-Type", "text/html"}}, .body = "<p>at secret_file.js"});
  }
  EXPECT_FALSE(client_->Health({}).ok());
  EXPECT_THAT(logger_.text(), HasSubstr("status=502 type=text/html bytes=20 request_id="));
  for (int i = 0; i < 3; ++i) PushFailure(503, "BUSY", cut);
  EXPECT_FALSE(client_->Health({}).ok());
  PushFailure(400, "WRONG", cut);
  EXPECT_THAT(client_->Health({}), StatusIs(absl::StatusCode::kInvalidArgument,
                                            AllOf(HasSubstr("xxx[key"), Not(HasSubstr(part)))));
  EXPECT_THAT(logger_.text(), AllOf(Not(HasSubstr("secret_file")), Not(HasSubstr(part))));
}

TEST(BackendConfigTest, NamesEveryViolationAndNeverTheKey) {
  struct Case {
    std::string url, key;
    std::string field;  // empty: accepted
  };
  for (const Case& c :
       std::vector<Case>{{"http://localhost:3000", "dev_ml_replace_in_production", ""},
                         {"http://[::1]:3000", "dev_ml_replace_in_production", ""},
                         {"http://127.0.0.1:3000", "", ""},
                         {"https://api.example.com", "real-key", ""},
                         {"https://api.example.com", "dev_ml_replace_in_production", "api_key"},
                         {"http://localhost.evil.com", "dev_x_replace_in_production", "api_key"},
                         {"http://localhost", "key\r\nX-Evil: 1", "api_key"},
                         {"http://localhost", "key with space", "api_key"},
                         {"http://user:pw@localhost", "key", "base_url"},
                         {"localhost:3000", "key", "base_url"}}) {
    SCOPED_TRACE(c.url + " " + c.key);
    BackendConfig config;
    config.base_url = c.url;
    config.api_key = c.key;
    const std::vector<base::FieldViolation> violations = ValidateConfig(config);
    ASSERT_THAT(violations, SizeIs(c.field.empty() ? 0 : 1));
    if (c.field.empty()) continue;
    EXPECT_EQ(violations[0].field, c.field);
    EXPECT_THAT(violations[0].description, Not(HasSubstr(c.key)));
  }
  BackendConfig config;
  config.base_url = "";
  config.service_name = "";
  config.candle_page_size = 0;
  config.prediction_scan_limit = -1;
  config.retry.max_attempts = 0;
  EXPECT_THAT(ValidateConfig(config), SizeIs(5));
}

}  // namespace
}  // namespace aifx::backend
