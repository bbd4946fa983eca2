#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "tests/unit/client/backend/backend_fixture.h"

namespace aifx::backend {
namespace {

using ::aifx::testing::StatusIs;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class OutcomesTest : public BackendTest {
 protected:
  static records::OutcomeUpdate Update(const std::string& id) {
    return {.prediction_id = id,
            .outcome = records::Outcome::kWin,
            .pnl_pips = 12.5,
            .pnl_percent = 0.11};
  }
  void PushReceipt() {
    PushData(absl::StrCat(R"({"predictionId":")", kBackendId,
                          R"(","outcome":"win","actualPnL":"12.50","actualPnLPercent":"0.11",
                          "durationMinutes":240})"));
  }
  // A page of `rows` predictions of other clients, then one of ours if `ours`.
  void PushPage(int rows, bool ours, int total) {
    json list = json::array();
    for (int i = 0; i < rows; ++i) list.push_back({{"id", absl::StrCat(i)}, {"pair", "XAU/USD"}});
    if (ours)
      list.push_back({{"id", kBackendId}, {"factors", {{"client_request_id", kRequestId}}}});
    PushData(json{{"predictions", list}, {"pagination", {{"total", total}}}}.dump());
  }
};

TEST_F(OutcomesTest, PutsByTheBackendsId) {
  PushReceipt();
  ASSERT_OK_AND_ASSIGN(const records::OutcomeReceipt receipt,
                       client_->UpdateOutcome(Update(kBackendId), {}));
  EXPECT_EQ(receipt.backend_prediction_id, kBackendId);
  EXPECT_EQ(receipt.pnl_pips, 12.5);
  EXPECT_EQ(receipt.duration_minutes, 240);
  const http::HttpRequest request = http_.requests()[0];
  EXPECT_EQ(request.method, "PUT");
  EXPECT_THAT(request.url, EndsWith(absl::StrCat("/predictions/", kBackendId, "/outcome")));
  EXPECT_EQ(json::parse(request.body),
            json::parse(R"({"outcome":"win","actualPnL":12.5,"actualPnLPercent":0.11})"));
}

TEST_F(OutcomesTest, RepeatsAnAmbiguousPut) {
  http_.Push(absl::UnavailableError("reset"));
  PushReceipt();
  EXPECT_OK(client_->UpdateOutcome(Update(kBackendId), {}));
  EXPECT_THAT(http_.requests(), SizeIs(2));
}

TEST_F(OutcomesTest, DoesNotRepeatAValidationError) {
  PushFailure(500, "INTERNAL_ERROR", "Validation error: actualPnL");
  EXPECT_THAT(client_->UpdateOutcome(Update(kBackendId), {}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("actualPnL")));
  EXPECT_THAT(http_.requests(), SizeIs(1));
}

TEST_F(OutcomesTest, LooksARequestIdUpOverPages) {
  PushFailure(404, "PREDICTION_NOT_FOUND", "no");
  PushPage(100, false, 150);
  PushPage(20, true, 151);
  PushReceipt();
  ASSERT_OK_AND_ASSIGN(const records::OutcomeReceipt receipt,
                       client_->UpdateOutcome(Update(kRequestId), {}));
  EXPECT_EQ(receipt.backend_prediction_id, kBackendId);
  ASSERT_THAT(http_.requests(), SizeIs(4));
  EXPECT_THAT(http_.requests()[2].url, EndsWith("/predictions?limit=100&offset=100"));
  EXPECT_THAT(http_.requests()[3].url, HasSubstr(kBackendId));
}

TEST_F(OutcomesTest, SaysHowFarItLooked) {
  PushFailure(404, "PREDICTION_NOT_FOUND", "no");
  PushPage(3, false, 3);
  EXPECT_THAT(client_->UpdateOutcome(Update(kRequestId), {}),
              StatusIs(absl::StatusCode::kNotFound,
                       AllOf(HasSubstr(kRequestId), HasSubstr("looked through the 3 of 3"))));
  BackendConfig config;
  config.prediction_scan_limit = 150;
  Connect(config);
  PushFailure(404, "PREDICTION_NOT_FOUND", "no");
  PushPage(100, false, 5000);
  PushPage(50, false, 5000);
  EXPECT_THAT(client_->UpdateOutcome(Update(kRequestId), {}),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("looked through the newest 150 of 5000 predictions")));
  EXPECT_THAT(http_.requests().back().url, EndsWith("limit=50&offset=100"));
}

TEST_F(OutcomesTest, AMissingRouteIsNotAMissingPrediction) {
  PushFailure(404, "ROUTE_NOT_FOUND", "no");
  EXPECT_THAT(client_->UpdateOutcome(Update(kRequestId), {}),
              StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("/predictions/:id/outcome")));
}

TEST_F(OutcomesTest, RefusesAnIdThatIsNoUuid) {
  EXPECT_THAT(
      client_->UpdateOutcome(Update("../models"), {}),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("prediction_id \"../models\"")));
  EXPECT_THAT(http_.requests(), IsEmpty());
}

TEST_F(OutcomesTest, ReadsTheAccuracy) {
  PushData(R"({"filters":{},"overall":{"totalPredictions":4,"winRate":"75.00","averagePnL":"3.50",
      "totalPnL":14},"outcomeDistribution":{"wins":3,"losses":"1","breakeven":0},
      "accuracyByConfidence":[{"confidenceRange":"0.8-0.9","totalPredictions":4,"accuracy":75}],
      "performance":{"totalTrades":4}})");
  const records::AccuracyQuery query{.model_version_id = kBackendId,
                                     .pair = Pair("EUR/USD"),
                                     .start = At(2018, 1, 1),
                                     .end = At(2018, 2, 1),
                                     .min_confidence = 0.5};
  ASSERT_OK_AND_ASSIGN(const records::Accuracy accuracy, client_->GetAccuracy(query, {}));
  EXPECT_EQ(accuracy.win_rate_percent, 75);
  EXPECT_EQ(accuracy.average_pnl, 3.5);
  EXPECT_EQ(accuracy.total_pnl, 14);
  EXPECT_EQ(accuracy.losses, 1);
  EXPECT_EQ(accuracy.total_trades, 4);
  ASSERT_THAT(accuracy.by_confidence, SizeIs(1));
  EXPECT_EQ(accuracy.by_confidence[0].range, "0.8-0.9");
  EXPECT_THAT(http_.requests()[0].url,
              HasSubstr(absl::StrCat("/predictions/accuracy?modelVersionId=", kBackendId,
                                     "&pair=EUR%2FUSD&startDate=2018-01-01T00%3A00%3A00.000Z&"
                                     "endDate=2018-02-01T00%3A00%3A00.000Z&minConfidence=0.5")));
}

TEST_F(OutcomesTest, AnAccuracyOfNothingHasNullAverages) {
  PushData(
      R"({"overall":{"totalPredictions":0,"winRate":null,"averagePnL":null,"totalPnL":null}})");
  ASSERT_OK_AND_ASSIGN(
      const records::Accuracy accuracy,
      client_->GetAccuracy(
          {.model_version_id = "", .pair = {}, .start = {}, .end = {}, .min_confidence = {}}, {}));
  EXPECT_EQ(accuracy.total_predictions, 0);
  EXPECT_EQ(accuracy.win_rate_percent, 0);
}

}  // namespace
}  // namespace aifx::backend
