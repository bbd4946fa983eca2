// The commands as a person calls them, against a server that gives one answer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "client/cli/app.h"
#include "tests/support/raw_http_server.h"
#include "tests/unit/client/cli/captured_console.h"

namespace aifx::cli {
namespace {

using ::aifx::testing::RawHttpServer;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

struct Ran {
  int exit_code = 0;
  std::string out, err;
  std::string request;  // the last one
};

Ran RunBackend(std::vector<std::string> arguments, const std::string& body, int status = 200) {
  RawHttpServer server({{{absl::StrCat(
      "HTTP/1.1 ", status, " X\r\nContent-Type: application/json\r\nContent-Length: ", body.size(),
      "\r\n\r\n", body)}}});
  CapturedConsole captured;
  arguments.insert(arguments.begin(), "backend");
  arguments.insert(arguments.end(), {"--url", server.Url("")});
  Ran ran{.exit_code = RunCli(arguments, captured.console)};
  ran.out = captured.out.str();
  ran.err = captured.err.str();
  if (!server.requests().empty()) ran.request = server.requests().back();
  return ran;
}

std::string Data(const std::string& data) { return R"({"success":true,"data":)" + data + "}"; }

constexpr char kRow[] = R"({"id":"s1","pair":"USD/JPY","timeframe":"4h","signal":"buy",
    "confidence":"0.85","entryPrice":"110.12300","actualOutcome":"win","actualPnL":"12.50",
    "source":"ml_model","createdAt":"2018-06-12T10:00:00.000Z"})";

struct ShowCase {
  std::vector<std::string> arguments;
  std::string data;
  std::string request;  // begins so
  std::string shown;    // is in the table
  std::string key;      // a member of the JSON
};

std::vector<ShowCase> ShowCases() {
  const auto list = [](const char* name, const std::string& row) {
    return absl::StrCat("{\"", name, "\":[", row, ",7],\"pagination\":{\"total\":2}}");
  };
  return {
      {{"health"},
       R"({"status":"healthy","service":"ml"})",
       "GET /api/v1/ml/health ",
       "healthy  ml\n",
       "status"},
      {{"stats", "--pair", "eurusd"},
       R"({"marketData":{"count":12,"oldestRecord":"2018-06-12T10:00:00.000Z"}})",
       "GET /api/v1/ml/training-data/stats?pair=EUR%2FUSD ",
       "candles     12  2018-06-12 10:00 UTC",
       "marketData"},
      {{"signals", "--outcome", "win", "--min-confidence", "0.5", "--limit", "2"},
       list("signals", kRow),
       "GET /api/v1/ml/training-data/signals?outcome=win&minConfidence=0.5&limit=2&offset=0 ",
       "2018-06-12 10:00 UTC  USD/JPY  4h     BUY           0.85  110.123  win      +12.5 pips",
       "signals"},
      {{"trades", "--status", "closed", "--start", "2018-01-01"},
       list("trades", R"({"id":"t","pair":"EUR/USD","status":"closed","side":"sell",
                          "entryPrice":"1.1","actualPnL":-3})"),
       "GET /api/v1/ml/training-data/trades?status=closed&startDate=2018-01-01T00%3A00%3A00.000Z&"
       "limit=20&offset=0 ",
       "SELL  closed        1.10000        -3.0 pips",
       "trades"},
      {{"predictions", "--status", "active"},
       list("predictions", kRow),
       "GET /api/v1/ml/predictions?status=active&limit=20&offset=0 ",
       "+12.5 pips  s1",
       "predictions"},
      {{"models", "--name", "eurusd", "--active", "true"},
       list("models", R"({"id":"m1","name":"eurusd","version":"7","status":"deployed",
                          "isActive":true})"),
       "GET /api/v1/ml/models?modelName=eurusd&isActive=true&limit=20&offset=0 ",
       "eurusd  7        deployed  yes",
       "models"},
      {{"model", "m1"},
       R"({"id":"m1","name":"eurusd","version":"7","status":"deployed","isActive":true,
           "trainingMetrics":{"loss":0.6}})",
       "GET /api/v1/ml/models/m1 ",
       "eurusd 7  deployed, active",
       "version"},
      {{"status", "m1", "--status", "retired", "--active", "false"},
       R"({"isActive":false})",
       "PUT /api/v1/ml/models/m1/status ",
       "model m1 is retired, not active",
       "isActive"},
      {{"ab-tests"},
       list("tests", R"({"id":"t1","name":"n","trafficSplit":"30.00","status":"running"})"),
       "GET /api/v1/ml/models/ab-tests?limit=20&offset=0 ",
       "30 %",
       "tests"},
      {{"ab-test", "create", "--name", "n", "--model-a", "a", "--model-b", "b"},
       R"({"testId":"t1","status":"running"})",
       "POST /api/v1/ml/models/ab-test ",
       "A/B test t1 is running",
       "id"},
      {{"candles", "--pair", "EUR/USD", "--start", "2018-06-12", "--end", "2018-06-13"},
       R"({"marketData":[{"timestamp":"2018-06-12T10:00:00.000Z","open":1.1,"high":1.2,"low":1,
           "close":1.1,"volume":"12","spread":0.00012}],"pagination":{"total":1}})",
       "GET /api/v1/ml/training-data/market/EUR%2FUSD?timeframe=1h&",
       "1.10000  1.20000  1.00000  1.10000      12     1.2",
       "marketData"},
      {{"fundamentals", "--indicator", "gdp", "--country", "US,EU"},
       R"({"fundamentalData":[{"date":"2018-04-01","country":"US","indicator":"gdp","value":"4.2",
           "releasedAt":"2018-07-27T12:30:00.000Z"}],"pagination":{"total":1}})",
       "GET /api/v1/ml/training-data/fundamental?indicator=gdp&countries=US%2CEU&",
       "2018-04-01  US       gdp          4.2        2018-07-27 12:30 UTC",
       "fundamentalData"},
      {{"events", "--currency", "USD", "--impact", "high"},
       R"({"events":[{"eventDate":"2018-06-12T12:30:00.000Z","currency":"USD","eventName":"CPI",
           "impactLevel":"high","forecastValue":0.2}],"pagination":{"total":1}})",
       "GET /api/v1/ml/training-data/economic-events?currency=USD&impactLevels=high&",
       "2018-06-12 12:30 UTC  USD       high",
       "events"},
      {{"accuracy", "--pair", "EUR/USD"},
       R"({"overall":{"totalPredictions":4,"winRate":"75.00","totalPnL":"10.00"},
           "outcomeDistribution":{"wins":3,"losses":1}})",
       "GET /api/v1/ml/predictions/accuracy?pair=EUR%2FUSD ",
       "75.0 % right of 4",
       "overall"},
      {{"outcome", "7d9e2c10-1111-4222-8333-444455556666", "--outcome", "WIN", "--pnl-pips", "5",
        "--pnl-percent", "0.1"},
       R"({"predictionId":"p1","outcome":"win","actualPnL":"5.00"})",
       "PUT /api/v1/ml/predictions/7d9e2c10-1111-4222-8333-444455556666/outcome ",
       "win recorded for prediction p1",
       "outcome"},
  };
}

TEST(BackendSubcommandsTest, ShowATableOrJson) {
  for (const ShowCase& c : ShowCases()) {
    SCOPED_TRACE(c.arguments[0]);
    const Ran text = RunBackend(c.arguments, Data(c.data));
    EXPECT_EQ(text.exit_code, kDone) << text.err;
    EXPECT_THAT(text.out, AllOf(HasSubstr(c.shown), Not(HasSubstr("\x1b"))));
    EXPECT_THAT(text.request, StartsWith(c.request));
    std::vector<std::string> with_json = c.arguments;
    with_json.push_back("--json");
    const Ran machine = RunBackend(with_json, Data(c.data));
    const json parsed = json::parse(machine.out, nullptr, false);
    ASSERT_TRUE(parsed.is_object()) << machine.out;
    EXPECT_TRUE(parsed.contains(c.key));
  }
}

TEST(BackendSubcommandsTest, SayHowManyRowsWereLeftOut) {
  const Ran ran = RunBackend(
      {"signals"}, Data(absl::StrCat(R"({"signals":[7,)", kRow, R"(],"pagination":{"total":2}})")));
  EXPECT_THAT(ran.out, HasSubstr("1 of 2, 1 left out: the backend's rows make no sense"));
}

TEST(BackendSubcommandsTest, SayWhatTheBackendRefused) {
  const Ran missing = RunBackend({"fundamentals"},
                                 R"({"success":false,"error":"no","code":"ROUTE_NOT_FOUND"})", 404);
  EXPECT_EQ(missing.exit_code, kFailed);
  EXPECT_THAT(missing.err,
              AllOf(HasSubstr("UNIMPLEMENTED"), HasSubstr("GET /training-data/fundamental"),
                    HasSubstr("reading fundamental data will not work")));
  const Ran refused =
      RunBackend({"trades"}, R"({"success":false,"error":"no","code":"INVALID_API_KEY"})", 403);
  EXPECT_EQ(refused.exit_code, kFailed);
  EXPECT_THAT(refused.err, HasSubstr("403 INVALID_API_KEY"));
}

TEST(BackendSubcommandsTest, WrongUsageIsTwoAndSendsNothing) {
  const std::vector<std::vector<std::string>> kWrong = {
      {},
      {"bogus"},
      {"candles"},
      {"candles", "--pair", "EURUS"},
      {"candles", "--pair", "EUR/USD", "--timeframe", "2h"},
      {"signals", "--outcome", "draw"},
      {"signals", "--start", "yesterday"},
      {"signals", "--min-confidence", "2"},
      {"trades", "--status", "half"},
      {"events", "--impact", "huge"},
      {"fundamentals", "--as-of", "soon"},
      {"status", "m1"},
      {"status", "m1", "--status", "broken"},
      {"model"},
      {"ab-test"},
      {"ab-test", "create", "--name", "n"},
      {"outcome", "7d9e2c10-1111-4222-8333-444455556666", "--outcome", "", "--pnl-pips", "1",
       "--pnl-percent", "1"},
      {"outcome", "not-a-uuid", "--outcome", "win", "--pnl-pips", "1", "--pnl-percent", "1"},
      {"check", "--pair", "EURUS"},
      {"check", "--repeat", "0"}};
  for (const std::vector<std::string>& arguments : kWrong) {
    const Ran ran = RunBackend(arguments, Data("{}"));
    SCOPED_TRACE(arguments.empty() ? "" : arguments[0] + ran.err);
    EXPECT_EQ(ran.exit_code, kUsage);
    EXPECT_THAT(ran.request, IsEmpty());
  }
}

TEST(BackendCheckTest, NoAnswerIsThreeAndWhatIsNoBackendIsOne) {
  CapturedConsole captured;
  EXPECT_EQ(RunCli({"backend", "check", "--url", "http://127.0.0.1:1", "--key", "some-secret"},
                   captured.console),
            kUnreachable);
  EXPECT_THAT(captured.err.str(), AllOf(HasSubstr("http://127.0.0.1:1"), HasSubstr("UNAVAILABLE"),
                                        Not(HasSubstr("some-secret"))));
  EXPECT_THAT(captured.out.str(), IsEmpty());
  const Ran proxy = RunBackend({"check", "--json"}, "<html>", 502);
  EXPECT_EQ(proxy.exit_code, kFailed);
  EXPECT_EQ(json::parse(proxy.out)["passed"], false);
}

TEST(BackendCheckTest, HelpWarnsOfAKeyOnTheCommandLine) {
  CapturedConsole captured;
  EXPECT_EQ(RunCli({"backend", "check", "--help"}, captured.console), kDone);
  EXPECT_THAT(captured.out.str(),
              AllOf(HasSubstr("ps"), HasSubstr("--key-file"), HasSubstr("ML_ENGINE_API_KEY")));
}

}  // namespace
}  // namespace aifx::cli
