// Every route is fed valid answers that were cut and damaged: whatever arrives, a call ends with a
// status and keeps to its limits. The damage is the same in every run.
#include <functional>
#include <nlohmann/json.hpp>
#include <random>

#include "client/backend/ab_tests.h"
#include "client/backend/macro_client.h"
#include "client/backend/model_catalog.h"
#include "client/backend/training_data.h"
#include "tests/unit/client/backend/backend_fixture.h"

namespace aifx::backend {
namespace {

using nlohmann::json;

struct RouteCase {
  std::string name;
  std::string data;  // of a valid answer
  std::function<absl::Status(BackendClient&)> call;
};

constexpr char kPredictionRow[] = R"({"id":"7d9e2c10-1111-4222-8333-444455556666","pair":"EUR/USD",
    "timeframe":"1h","signal":"buy","confidence":"0.85","factors":{"technical":0.7,"sentiment":0.5,
    "pattern":0.1,"client_request_id":"x"},"entryPrice":"1.09500","stopLoss":null,"status":"active",
    "signalStrength":"strong","actualOutcome":"pending","technicalData":{"a":[1,2]},
    "durationMinutes":5,"createdAt":"2018-06-12T10:00:00.000Z"})";

std::string List(const std::string& name, const std::string& row) {
  return "{\"" + name + "\":[" + row + "," + row +
         "],\"pagination\":{\"total\":2,\"limit\":100,\"offset\":0,\"hasMore\":false}}";
}

market::CurrencyPair EurUsd() { return market::CurrencyPair::Parse("EUR/USD").value(); }

std::vector<RouteCase> ReadingRoutes() {
  return {
      {"health", R"({"status":"healthy","service":"ml","timestamp":"2018-06-12T10:00:00.000Z"})",
       [](BackendClient& client) { return client.Health({}).status(); }},
      {"market data",
       R"({"marketData":[{"timestamp":"2018-06-12T10:00:00.000Z","open":"1.1","high":1.2,
           "low":"1.0","close":1.15,"volume":"12","spread":0.0001}],"pagination":{"total":1}})",
       [](BackendClient& client) {
         return client
             .Range(EurUsd(), market::Timeframe::k1Hour, absl::FromUnixSeconds(1'528'000'000),
                    absl::FromUnixSeconds(1'529'000'000), {})
             .status();
       }},
      {"signals", List("signals", kPredictionRow),
       [](BackendClient& client) {
         return TrainingDataClient(client.channel())
             .Signals({.pair = {}, .outcome = {}, .min_confidence = {}}, {})
             .status();
       }},
      {"trades", List("trades", R"({"id":"t","pair":"EUR/USD","status":"closed","side":"buy",
                          "entryPrice":"1.1","closedAt":"2018-06-12T10:00:00.000Z"})"),
       [](BackendClient& client) {
         return TrainingDataClient(client.channel())
             .Trades({.pair = {}, .status = {}}, {})
             .status();
       }},
      {"stats", R"({"marketData":{"count":"3","oldestRecord":"2018-06-12T10:00:00.000Z"},
                    "signals":{"count":0},"trades":{"count":1}})",
       [](BackendClient& client) {
         return TrainingDataClient(client.channel()).Stats(EurUsd(), {}).status();
       }},
      {"fundamental",
       List("fundamentalData", R"({"date":"2018-04-01","country":"US","indicator":"gdp",
            "value":"2.1","unit":"percent","releasedAt":"2018-06-12T10:00:00.000Z"})"),
       [](BackendClient& client) {
         return MacroClient(client.channel()).Fundamentals({}, {}).status();
       }},
      {"economic events",
       List("events", R"({"eventDate":"2018-06-12T10:00:00.000Z","currency":"USD",
            "eventName":"CPI","impactLevel":"high","actualValue":"0.2","timeKnown":true})"),
       [](BackendClient& client) { return MacroClient(client.channel()).Events({}, {}).status(); }},
      {"models", List("models", R"({"id":"m","name":"eurusd","version":"1","isActive":true,
            "hyperparameters":{"a":[{"b":1}]},"trainedAt":"2018-06-12T10:00:00.000Z"})"),
       [](BackendClient& client) { return ModelCatalog(client.channel()).List({}, {}).status(); }},
      {"find version", List("models", R"({"id":"m","name":"eurusd","version":"1"})"),
       [](BackendClient& client) { return client.FindVersion("eurusd", "1", {}).status(); }},
      {"model", R"({"id":"m","name":"eurusd","version":"1","isActive":true,"status":"trained"})",
       [](BackendClient& client) { return ModelCatalog(client.channel()).Get("m", {}).status(); }},
      {"A/B tests",
       List("tests", R"({"id":"t","name":"n","modelAId":"a","modelBId":"b","trafficSplit":"50"})"),
       [](BackendClient& client) { return AbTestClient(client.channel()).List({}, {}).status(); }},
      {"predictions", List("predictions", kPredictionRow),
       [](BackendClient& client) {
         return client
             .ListPredictions({.pair = {}, .status = {}, .outcome = {}, .min_confidence = {}}, {})
             .status();
       }},
      {"accuracy", R"({"filters":{},"overall":{"totalPredictions":2,"winRate":"50.00",
            "averagePnL":null,"totalPnL":1.5},"outcomeDistribution":{"wins":1,"losses":1},
            "accuracyByConfidence":[{"confidenceRange":"0.5-0.6","totalPredictions":2,
            "accuracy":"50"}],"performance":{"totalTrades":2}})",
       [](BackendClient& client) {
         return client
             .GetAccuracy(
                 {.model_version_id = "", .pair = {}, .start = {}, .end = {}, .min_confidence = {}},
                 {})
             .status();
       }},
  };
}

std::vector<RouteCase> WritingRoutes() {
  return {
      {"register", R"({"modelId":"m","isActive":false})",
       [](BackendClient& client) {
         return client.Register({.model_name = "m", .version = "1"}, {}).status();
       }},
      {"status", R"({"modelId":"m","isActive":true})",
       [](BackendClient& client) {
         return ModelCatalog(client.channel()).Update("m", {.status = "retired"}, {}).status();
       }},
      {"training log", R"({"logId":"l"})",
       [](BackendClient& client) { return client.Log("m", {}, {}); }},
      {"create A/B test", R"({"testId":"t","status":"running"})",
       [](BackendClient& client) {
         return AbTestClient(client.channel()).Create({.name = "n"}, {}).status();
       }},
      {"submit", R"({"predictionId":"p","pair":"EUR/USD","confidence":"0.5"})",
       [](BackendClient& client) {
         return client
             .Submit({.request_id = kRequestId,
                      .pair = EurUsd(),
                      .timeframe = market::Timeframe::k1Hour,
                      .entry_price = 1.1},
                     {})
             .status();
       }},
      {"outcome", R"({"predictionId":"p","outcome":"win","actualPnL":"1.50",
            "durationMinutes":null})",
       [](BackendClient& client) {
         return client.UpdateOutcome({.prediction_id = kBackendId}, {}).status();
       }},
      {"store fundamental", R"({"inserted":1,"updated":0})",
       [](BackendClient& client) {
         return MacroClient(client.channel())
             .PutFundamentals(std::vector<macro::FundamentalRecord>(1), {})
             .status();
       }},
      {"store events", R"({"inserted":"1","updated":0})",
       [](BackendClient& client) {
         return MacroClient(client.channel())
             .PutEvents(std::vector<macro::EconomicEvent>(1), {})
             .status();
       }},
  };
}

// Every value in `node`, parents before children.
void Collect(json& node, std::vector<json*>& found) {
  found.push_back(&node);
  if (node.is_structured()) {
    for (json& child : node) Collect(child, found);
  }
}

// `text` with one value replaced by something that does not belong there.
std::string WithOddValue(const std::string& text, std::mt19937& random) {
  static const json kOdd[] = {nullptr,
                              true,
                              -1,
                              1e308,
                              9223372036854775807u,
                              "",
                              "abc",
                              "1e999",
                              "2018-13-45T99:99:99Z",
                              json::array(),
                              json::object(),
                              "\xff\xfe",
                              json::array({json::array({json::array()})}),
                              std::string(5000, 'x')};
  json answer = json::parse(text);
  std::vector<json*> values;
  Collect(answer, values);
  *values[random() % values.size()] = kOdd[random() % std::size(kOdd)];
  return answer.dump(-1, ' ', false, json::error_handler_t::ignore);
}

std::string WithDamagedBytes(std::string text, std::mt19937& random) {
  for (int i = 0; i < 3; ++i) {
    const size_t at = random() % text.size();
    switch (random() % 3) {
      case 0:
        text[at] = static_cast<char>(random() % 256);
        break;
      case 1:
        text.erase(at, 1 + random() % 9);
        break;
      default:
        text.insert(at, text.substr(random() % text.size(), 9));
    }
    if (text.empty()) return "{";
  }
  return text;
}

class MutatedAnswersTest : public BackendTest {
 protected:
  // One call that gets `body` for its every request; a page that never ends must not hold it.
  absl::Status Answer(const RouteCase& route, int status, const std::string& body) {
    int left = 50;
    testing::FakeHttpClient http(
        [&](const http::HttpRequest&) -> absl::StatusOr<http::HttpResponse> {
          if (--left < 0) return absl::InternalError("the call asks and asks");
          return testing::FakeHttpClient::Json(status, body);
        });
    BackendConfig config;
    config.base_url = "http://backend.test:3000";
    config.api_key = kKey;
    config.prediction_scan_limit = 20;
    const auto client = BackendClient::Create(config, {http, clock_, logger_, [] { return 0.5; }});
    return route.call(**client);
  }

  void Damage(const RouteCase& route) {
    const std::string valid = R"({"success":true,"data":)" + route.data + R"(,"error":null})";
    ASSERT_TRUE(json::accept(valid));
    EXPECT_OK(Answer(route, 200, valid));
    for (size_t length = 0; length < valid.size(); ++length) {
      EXPECT_FALSE(Answer(route, 200, valid.substr(0, length)).ok()) << "cut at " << length;
    }
    std::mt19937 random(20261124);
    for (int i = 0; i < 300; ++i) {
      for (const std::string& body :
           {WithOddValue(valid, random), WithDamagedBytes(valid, random)}) {
        SCOPED_TRACE(body.substr(0, 400));
        for (const int status : {200, 400, 404, 500}) {
          const absl::Status result = Answer(route, status, body);
          EXPECT_LT(result.message().size(), 2000u);
          EXPECT_TRUE(status == 200 || !result.ok());
        }
      }
    }
  }
};

TEST_F(MutatedAnswersTest, ReadingRoutesEndWithAStatus) {
  for (const RouteCase& route : ReadingRoutes()) {
    SCOPED_TRACE(route.name);
    Damage(route);
  }
}

TEST_F(MutatedAnswersTest, WritingRoutesEndWithAStatus) {
  for (const RouteCase& route : WritingRoutes()) {
    SCOPED_TRACE(route.name);
    Damage(route);
  }
}

}  // namespace
}  // namespace aifx::backend
