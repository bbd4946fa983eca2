#include "client/collect/fred_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "client/collect/fred_series.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_http_client.h"
#include "tests/support/status_matchers.h"

namespace aifx::collect {
namespace {

using ::aifx::testing::FakeClock;
using ::aifx::testing::FakeHttpClient;
using ::aifx::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kKey[] = "0123456789abcdef0123456789abcdef";

std::string Row(const char* from, const char* to, const char* date, const char* value) {
  return absl::StrCat(R"({"realtime_start":")", from, R"(","realtime_end":")", to, R"(","date":")",
                      date, R"(","value":")", value, R"("})");
}

std::string Page(int count, const std::vector<std::string>& rows) {
  return absl::StrCat(R"({"count":)", count, R"(,"observations":[)", absl::StrJoin(rows, ","),
                      "]}");
}

class FredClientTest : public ::testing::Test {
 protected:
  std::unique_ptr<FredClient> Open(FredOptions options = {}) {
    options.api_key = kKey;
    return *FredClient::Create(options, http_, clock_, [] { return 0.0; });
  }
  auto Ask(FredClient& client) { return client.Vintages("GDPC1", {}, {}, {}); }

  FakeClock clock_;
  FakeHttpClient http_;
};

TEST_F(FredClientTest, AsksForEveryVintage) {
  http_.PushJson(200, Page(1, {Row("2015-04-29", "9999-12-31", "2015-01-01", ".")}));
  const auto client = Open();
  ASSERT_OK_AND_ASSIGN(const auto rows,
                       client->Vintages("GDPC1", absl::CivilDay(2015, 1, 1), {}, {}));
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].realtime_start, absl::CivilDay(2015, 4, 29));
  EXPECT_EQ(rows[0].value, std::nullopt);
  const std::string url = http_.requests()[0].url;
  EXPECT_THAT(url,
              AllOf(HasSubstr("https://api.stlouisfed.org/fred/series/observations?"),
                    HasSubstr("series_id=GDPC1"), HasSubstr("output_type=1"),
                    HasSubstr("realtime_start=1776-07-04"), HasSubstr("realtime_end=9999-12-31"),
                    HasSubstr("file_type=json"), HasSubstr("observation_start=2015-01-01")));
  EXPECT_THAT(url, Not(HasSubstr("observation_end")));
}

TEST_F(FredClientTest, ReadsPageAfterPage) {
  http_.PushJson(200, Page(3, {Row("2015-04-29", "2015-05-28", "2015-01-01", "1"),
                               Row("2015-05-29", "9999-12-31", "2015-01-01", "2")}));
  http_.PushJson(200, Page(3, {Row("2015-07-30", "9999-12-31", "2015-04-01", "3")}));
  const auto client = Open({.page_size = 2});
  ASSERT_OK_AND_ASSIGN(const auto rows, Ask(*client));
  EXPECT_EQ(rows.size(), 3u);
  EXPECT_THAT(http_.requests()[0].url, HasSubstr("limit=2&offset=0"));
  EXPECT_THAT(http_.requests()[1].url, HasSubstr("limit=2&offset=2"));
}

TEST_F(FredClientTest, RefusalsAreToldInItsOwnWords) {
  http_.PushJson(400, R"({"error_code":400,"error_message":"Bad Request.  The value for variable )"
                      R"(api_key is not registered: )" +
                          std::string(kKey) + R"("})");
  const auto client = Open();
  EXPECT_THAT(Ask(*client),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("GDPC1 with HTTP 400: Bad Request.  The value for variable"),
                             Not(HasSubstr(kKey)))));
  http_.Push(absl::UnavailableError(absl::StrCat("no route to ?api_key=", kKey)));
  http_.Push(absl::CancelledError(absl::StrCat("no route to ?api_key=", kKey)));
  EXPECT_THAT(Ask(*client), StatusIs(absl::StatusCode::kCancelled, Not(HasSubstr(kKey))));
}

TEST_F(FredClientTest, NeedsAKey) {
  EXPECT_THAT(FredClient::Create({}, http_, clock_, [] { return 0.0; }),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("FRED_API_KEY is not set")));
}

TEST_F(FredClientTest, WaitsAndAsksAgainWhenItWasTooFast) {
  http_.PushJson(429, R"({"error_code":429,"error_message":"Too Many Requests."})");
  http_.PushJson(200, Page(0, {}));
  const auto client = Open();
  EXPECT_OK(Ask(*client));
  http_.PushJson(429, "");
  const auto impatient = Open({.retry = {.max_attempts = 1}});
  EXPECT_THAT(Ask(*impatient), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("HTTP 429")));
}

TEST_F(FredClientTest, NeverBeginsMoreThan120RequestsAMinute) {
  FakeHttpClient http([&](const auto&) {
    clock_.Advance(absl::Milliseconds(100));
    return FakeHttpClient::Json(200, Page(0, {}));
  });
  const auto client = *FredClient::Create({.api_key = kKey}, http, clock_, [] { return 0.0; });
  const absl::Time start = clock_.Now();
  for (int i = 0; i < 120; ++i) EXPECT_OK(Ask(*client));
  EXPECT_EQ(clock_.Now() - start, absl::Seconds(12)) << "the first 120 need not wait";
  EXPECT_OK(Ask(*client));
  EXPECT_EQ(clock_.Now() - start, absl::Seconds(60) + absl::Milliseconds(100));
  EXPECT_OK(Ask(*client));
  EXPECT_EQ(clock_.Now() - start, absl::Seconds(60) + absl::Milliseconds(200));
}

TEST_F(FredClientTest, DoesNotWaitBeyondTheDeadline) {
  FakeHttpClient http([](const auto&) { return FakeHttpClient::Json(200, Page(0, {})); });
  const auto client =
      *FredClient::Create({.api_key = kKey, .max_requests = 1}, http, clock_, [] { return 0.0; });
  const base::CallContext context{.deadline = clock_.Now() + absl::Seconds(59)};
  EXPECT_OK(client->Vintages("A", {}, {}, context));
  EXPECT_THAT(client->Vintages("A", {}, {}, context),
              StatusIs(absl::StatusCode::kDeadlineExceeded, ::testing::_));
  EXPECT_EQ(http.requests().size(), 1u);
}

// FRED cuts what holds on both sides of a period's end; put together it is one vintage again.
TEST_F(FredClientTest, HalvesAPeriodWithTooManyVintages) {
  FakeHttpClient http([](const http::HttpRequest& request) {
    if (absl::StrContains(request.url, "realtime_start=1776-07-04&realtime_end=9999-12-31")) {
      return FakeHttpClient::Json(
          400,
          R"({"error_code":400,"error_message":"Bad Request.  There are 2004 vintage dates in )"
          R"(the specified real-time period: 1776-07-04 to 9999-12-31.  This exceeds the )"
          R"(maximum number of vintage dates allowed (2000)."})");
    }
    if (absl::StrContains(request.url, "realtime_start=1776-07-04")) {
      return FakeHttpClient::Json(200,
                                  Page(2, {Row("1960-01-01", "1970-01-02", "1959-01-01", "1"),
                                           Row("1960-01-01", "1970-01-02", "1958-01-01", "5")}));
    }
    return FakeHttpClient::Json(200, Page(3, {Row("1970-01-03", "9999-12-31", "1959-01-01", "1"),
                                              Row("1970-01-03", "9999-12-31", "1958-01-01", "6"),
                                              Row("1971-01-01", "9999-12-31", "1970-01-01", "2")}));
  });
  FakeClock clock(absl::FromCivil(absl::CivilDay(2013, 1, 3), absl::UTCTimeZone()));
  const auto client = *FredClient::Create({.api_key = kKey}, http, clock, [] { return 0.0; });
  ASSERT_OK_AND_ASSIGN(const auto rows, Ask(*client));
  EXPECT_THAT(http.requests()[1].url, HasSubstr("realtime_end=1970-01-02"));
  EXPECT_THAT(http.requests()[2].url, HasSubstr("realtime_start=1970-01-03"));
  ASSERT_EQ(rows.size(), 4u);
  EXPECT_EQ(rows[0].realtime_start, absl::CivilDay(1960, 1, 1));
  EXPECT_EQ(rows[0].realtime_end, absl::CivilDay(9999, 12, 31));
  EXPECT_EQ(rows[2].value, 6) << "a revision on the day after the seam stays one";
}

TEST_F(FredClientTest, RefusesAnswersThatMakeNoSense) {
  const auto client = Open();
  for (const std::string& body :
       {std::string("<html>"), std::string("[]"), std::string(R"({"count":-1,"observations":[]})"),
        std::string(R"({"count":1})"), Page(5, {}), Page(1, {"7"}),
        Page(1, {Row("2015-04-31", "9999-12-31", "2015-01-01", "1")}),
        Page(1, {Row("2015-04-30", "9999-12-31", "2015-01-01", "n/a")}),
        Page(1, {Row("2015-04-30", "9999-12-31", "2015-01-01", "nan")})}) {
    http_.PushJson(200, body);
    EXPECT_THAT(Ask(*client), StatusIs(absl::StatusCode::kInternal, HasSubstr("makes no sense")))
        << body;
  }
}

TEST_F(FredClientTest, RefusesDeepNesting) {
  const auto client = Open();
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  http_.PushJson(200, R"({"count":1,"observations":)" + deep + "}");
  EXPECT_THAT(Ask(*client),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("it is not a JSON object")));
}

TEST_F(FredClientTest, AVintagesStartIsItsRelease) {
  http_.PushJson(200, Page(4, {Row("2015-04-29", "2015-05-28", "2015-01-01", "100"),
                               Row("2015-05-29", "9999-12-31", "2015-01-01", "99"),
                               Row("1776-07-04", "9999-12-31", "1950-01-01", "7"),
                               Row("2015-05-29", "9999-12-31", "2015-04-01", ".")}));
  const auto client = Open();
  const std::vector<SeriesSpec> specs = {
      {.id = "GDPC1", .country = "US", .indicator = "gdp", .unit = "bn", .lag = {3, 30}}};
  ASSERT_OK_AND_ASSIGN(const SeriesData data,
                       ReadFredSeries(*client, specs, {}, {}, [](auto&&...) {}, {}));
  const auto day = [](int y, int m, int d) {
    return absl::FromCivil(absl::CivilDay(y, m, d), absl::UTCTimeZone());
  };
  ASSERT_EQ(data.records.size(), 3u);
  EXPECT_EQ(data.records[0].released_at, day(1950, 5, 1)) << "unknown to FRED: estimated";
  EXPECT_EQ(data.records[1].released_at, day(2015, 4, 29));
  EXPECT_EQ(data.records[2].released_at, day(2015, 5, 29));
  EXPECT_EQ(data.records[2].value, 99);
  EXPECT_EQ(data.records[2].source, "FRED:GDPC1");
  EXPECT_EQ(data.missing, 1);
}

}  // namespace
}  // namespace aifx::collect
