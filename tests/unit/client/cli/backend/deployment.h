#ifndef AIFX_TESTS_UNIT_CLIENT_CLI_BACKEND_DEPLOYMENT_H_
#define AIFX_TESTS_UNIT_CLIENT_CLI_BACKEND_DEPLOYMENT_H_

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_http_client.h"

namespace aifx::cli {

// A backend in memory: an answer for every route, each of which takes 3 ms of a fake clock.
class Deployment {
 public:
  static constexpr char kKey[] = "the-right-key";

  explicit Deployment(testing::FakeClock& clock)
      : http([this, &clock](const http::HttpRequest& request) {
          clock.Advance(absl::Milliseconds(3));
          return Answer(request);
        }) {}

  // Answers a route, named as "GET /health", with this; status 404 stands for a route that is not
  // there.
  void Set(const std::string& route, int status, const std::string& code,
           const std::string& message) {
    failures[route] = {
        status, nlohmann::json{{"success", false}, {"error", message}, {"code", code}}.dump()};
  }
  void Remove(const std::string& route) { Set(route, 404, "ROUTE_NOT_FOUND", "no such route"); }

  std::map<std::string, std::pair<int, std::string>> failures;
  std::map<std::string, std::string> data;  // route -> `data` instead of the usual
  bool takes_any_key = false;
  std::vector<std::string> seen;  // routes in the order of their calls
  std::vector<nlohmann::json> bodies;
  testing::FakeHttpClient http;  // after what its handler uses

 private:
  // "PUT /models/:id/status" of a request.
  static std::string RouteOf(const http::HttpRequest& request) {
    std::string path = request.url.substr(request.url.find("/api/v1/ml") + 10);
    path = path.substr(0, path.find('?'));
    std::vector<std::string> parts = absl::StrSplit(path, '/');
    for (size_t i = 2; i < parts.size(); ++i) {
      if (parts[i].size() == 36) parts[i] = ":id";
      if (parts[i - 1] == "market") parts[i] = ":pair";
    }
    return absl::StrCat(request.method, " ", absl::StrJoin(parts, "/"));
  }

  std::string DataOf(const std::string& route) {
    if (const auto found = data.find(route); found != data.end()) return found->second;
    const std::string model = absl::StrCat("00000000-0000-4000-8000-", 100000000000 + models_);
    const std::map<std::string, std::string> kData = {
        {"GET /health", R"({"status":"healthy","service":"ml"})"},
        {"POST /models/version", absl::StrCat(R"({"modelId":")", model, "\"}")},
        {"PUT /models/:id/status", R"({"isActive":false})"},
        {"POST /models/:id/training-logs", R"({"logId":"l"})"},
        {"POST /predictions", R"({"predictionId":"00000000-0000-4000-8000-999999999999"})"},
        {"PUT /predictions/:id/outcome", R"({"outcome":"breakeven"})"},
        {"GET /predictions/accuracy", R"({"overall":{"totalPredictions":1}})"},
        {"GET /training-data/market/:pair",
         R"({"marketData":[{"timestamp":"2018-06-12T08:00:00.000Z","open":1.1,"high":1.2,
             "low":1.0,"close":1.1,"spread":"0.00010"}],"pagination":{"total":1}})"},
        {"GET /training-data/signals",
         R"({"signals":[{"id":"s","pair":"USD/JPY","timeframe":"4h","signal":"buy",
             "confidence":0.8,"entryPrice":110.1,"createdAt":"2018-06-12T10:00:00.000Z"}],
             "pagination":{"total":1}})"},
        {"GET /training-data/trades",
         R"({"trades":[{"id":"t","pair":"EUR/USD","status":"open"}],"pagination":{"total":1}})"},
        {"GET /training-data/stats", R"({"marketData":{"count":12}})"},
        {"GET /models", absl::StrCat(R"({"models":[{"id":")", model,
                                     R"(","name":"aifx-acceptance-check","version":"1"}],
                                        "pagination":{"total":1}})")},
        {"GET /training-data/fundamental", R"({"fundamentalData":[],"pagination":{"total":0}})"},
        {"POST /training-data/fundamental", R"({"inserted":0,"updated":0})"},
        {"GET /training-data/economic-events", R"({"events":[],"pagination":{"total":0}})"},
        {"POST /training-data/economic-events", R"({"inserted":0,"updated":0})"},
        {"GET /predictions", R"({"predictions":[],"pagination":{"total":0}})"},
        {"GET /models/:id", R"({"id":"m"})"},
        {"GET /models/ab-tests", R"({"tests":[],"pagination":{"total":0}})"}};
    const auto found = kData.find(route);
    return found == kData.end() ? "" : found->second;
  }

  absl::StatusOr<http::HttpResponse> Answer(const http::HttpRequest& request) {
    const std::string route = RouteOf(request);
    seen.push_back(route);
    bodies.push_back(nlohmann::json::parse(request.body, nullptr, false));
    bool authorized = takes_any_key || route == "GET /health";
    for (const auto& [name, value] : request.headers) {
      authorized |= name == "Authorization" && value == absl::StrCat("Bearer ", kKey);
    }
    if (!authorized) {
      return testing::FakeHttpClient::Json(
          403, R"({"success":false,"error":"no","code":"INVALID_API_KEY"})");
    }
    if (const auto failure = failures.find(route); failure != failures.end()) {
      return testing::FakeHttpClient::Json(failure->second.first, failure->second.second);
    }
    if (route == "POST /models/ab-test") {
      return testing::FakeHttpClient::Json(
          400, R"({"success":false,"error":"name","code":"MISSING_FIELDS"})");
    }
    models_ += route == "POST /models/version" ? 1 : 0;
    return testing::FakeHttpClient::Json(
        200, absl::StrCat(R"({"success":true,"data":)", DataOf(route), "}"));
  }

  int64_t models_ = 0;
};

}  // namespace aifx::cli

#endif  // AIFX_TESTS_UNIT_CLIENT_CLI_BACKEND_DEPLOYMENT_H_
