#include <nlohmann/json.hpp>

#include "client/http/http_failure.h"
#include "core/base/violation.h"
#include "tests/unit/client/backend/backend_fixture.h"

namespace aifx::backend {
namespace {

using ::aifx::testing::StatusIs;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class PredictionsTest : public BackendTest {
 protected:
  records::Submission submission_{.request_id = kRequestId,
                                  .pair = Pair("EUR/USD"),
                                  .timeframe = market::Timeframe::k4Hours,
                                  .signal = records::Signal::kBuy,
                                  .confidence = 0.575,
                                  .factors = {0.7, 0.5, 0.1},
                                  .entry_price = 1.100005,
                                  .stop_loss = 1.0950049,
                                  .take_profit = 1.11,
                                  .risk_reward_ratio = 1.996,
                                  .position_size = 2.344,
                                  .signal_strength = records::SignalStrength::kVeryStrong,
                                  .market_condition = records::MarketCondition::kCalm,
                                  .technical_data_json = R"({"asOf":"t"})",
                                  .model_version_id = kBackendId};
};

TEST_F(PredictionsTest, SubmitsOnceInTheContractsForm) {
  PushData(std::string(R"({"predictionId":")") + kBackendId + R"(","pair":"EUR/USD"})", 201);
  ASSERT_OK_AND_ASSIGN(const records::SubmissionReceipt receipt, client_->Submit(submission_, {}));
  EXPECT_EQ(receipt.state, records::SubmissionState::kAcked);
  EXPECT_EQ(receipt.backend_prediction_id, kBackendId);
  EXPECT_EQ(receipt.request_id, kRequestId);
  ASSERT_THAT(http_.requests(), SizeIs(1));
  const http::HttpRequest request = http_.requests()[0];
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, "http://backend.test:3000/api/v1/ml/predictions");
  EXPECT_THAT(request.headers,
              Contains(std::pair<std::string, std::string>("Idempotency-Key", kRequestId)));
  EXPECT_EQ(json::parse(request.body), json::parse(R"({
      "pair":"EUR/USD","timeframe":"4h","signal":"buy","confidence":0.58,"entryPrice":1.10001,
      "factors":{"technical":0.7,"sentiment":0.5,"pattern":0.1,
                 "client_request_id":"0b3f6a54-8f2e-4c57-9d53-0c8f6a2b1d11"},
      "stopLoss":1.095,"takeProfit":1.11,"riskRewardRatio":2.0,"positionSize":2.34,
      "signalStrength":"very_strong","marketCondition":"calm","technicalData":{"asOf":"t"},
      "modelVersionId":"7d9e2c10-1111-4222-8333-444455556666"})"));
}

TEST_F(PredictionsTest, LeavesOutWhatIsAbsentAndNeverSendsAConfidenceOfZero) {
  PushData(std::string(R"({"predictionId":")") + kBackendId + "\"}", 201);
  submission_.signal = records::Signal::kHold;
  submission_.confidence = 0.004;
  submission_.stop_loss = submission_.take_profit = std::nullopt;
  submission_.risk_reward_ratio = submission_.position_size = std::nullopt;
  submission_.signal_strength = std::nullopt;
  submission_.market_condition = std::nullopt;
  submission_.technical_data_json = submission_.model_version_id = "";
  ASSERT_OK(client_->Submit(submission_, {}));
  const json body = json::parse(http_.requests()[0].body);
  EXPECT_EQ(body["confidence"], 0.01);
  EXPECT_THAT(body, SizeIs(6));
}

TEST_F(PredictionsTest, AmbiguousFailuresAreSentOnceAndSayHowToLookUp) {
  const auto reset = http::WithHttpFailure(absl::UnavailableError("reset"), {});
  const auto timeout = http::WithHttpFailure(absl::DeadlineExceededError("no reply in 10s"), {});
  http_.Push(reset);
  http_.Push(timeout);
  PushFailure(503, "BUSY", "later");
  PushFailure(500, "INTERNAL_ERROR", "boom");
  http_.Push(http::HttpResponse{
      .status = 200, .headers = {{"Content-Type", "text/html"}}, .body = "<html>"});
  PushData("{}", 201);  // stored, but without an id
  for (size_t i = 1; i <= 6; ++i) {
    SCOPED_TRACE(i);
    const auto result = client_->Submit(submission_, {});
    EXPECT_THAT(result,
                StatusIs(absl::StatusCode::kUnavailable,
                         AllOf(HasSubstr("may have been stored"), HasSubstr(kRequestId),
                               HasSubstr("ListPredictions"), HasSubstr("client_request_id"))));
    EXPECT_EQ(base::ReasonOf(result.status()), "SUBMISSION_AMBIGUOUS");
    EXPECT_THAT(http_.requests(), SizeIs(i));
  }
  EXPECT_THAT(logger_.text(), HasSubstr(kRequestId));
  http_.Push(http::WithHttpFailure(absl::CancelledError("cancelled"), {}));
  EXPECT_THAT(client_->Submit(submission_, {}),
              StatusIs(absl::StatusCode::kCancelled, HasSubstr("may have been stored")));
}

TEST_F(PredictionsTest, FailuresThatStoredNothingSayNothingOfTheKind) {
  http_.Push(http::WithHttpFailure(absl::UnavailableError("refused"), {.may_have_arrived = false}));
  PushFailure(400, "INVALID_PAIR", "Invalid pair");
  PushFailure(403, "INVALID_API_KEY", "no");
  PushFailure(429, "RATE_LIMITED", "slow down");
  PushFailure(500, "INTERNAL_ERROR", "Validation error: takeProfit");
  using Code = absl::StatusCode;
  size_t sent = 0;
  for (const Code code : {Code::kUnavailable, Code::kInvalidArgument, Code::kFailedPrecondition,
                          Code::kResourceExhausted, Code::kInvalidArgument}) {
    EXPECT_THAT(client_->Submit(submission_, {}),
                StatusIs(code, ::testing::Not(HasSubstr("may have been stored"))));
    EXPECT_THAT(http_.requests(), SizeIs(++sent));
  }
}

TEST_F(PredictionsTest, RefusesWhatItCannotSend) {
  records::Submission no_id = submission_;
  no_id.request_id = "abc";
  EXPECT_THAT(client_->Submit(no_id, {}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("request_id \"abc\"")));
  records::Submission bad_data = submission_;
  bad_data.technical_data_json = "[1]";
  EXPECT_THAT(client_->Submit(bad_data, {}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("technical_data_json")));
  EXPECT_THAT(http_.requests(), IsEmpty());
}

TEST_F(PredictionsTest, ListsWithFiltersAndReadsStoredRows) {
  PushData(R"({"predictions":[
     {"id":"7d9e2c10-1111-4222-8333-444455556666","pair":"EUR/USD","timeframe":"1h",
      "signal":"sell","confidence":"0.85",
      "factors":{"technical":0.8,"sentiment":"0.5","pattern":0.2,
                 "client_request_id":"0b3f6a54-8f2e-4c57-9d53-0c8f6a2b1d11"},
      "entryPrice":"1.09500","stopLoss":"1.10000","takeProfit":"1.08000",
      "riskRewardRatio":"3.00","positionSize":null,"signalStrength":"strong",
      "marketCondition":"trending","status":"triggered","actualOutcome":"win",
      "actualPnL":"150.00","actualPnLPercent":1.37,"modelVersionId":null,
      "createdAt":"2018-06-12T10:00:00.000Z","surprise":[1]},
     {"id":"b","pair":"USD/JPY","timeframe":"1d","signal":"hold","confidence":0.5,"factors":null,
      "entryPrice":110.5,"actualOutcome":"pending","createdAt":"2018-06-12T09:00:00.000Z"}],
     "pagination":{"total":12,"limit":2,"offset":4,"hasMore":true}})");
  const records::PredictionQuery query{.pair = Pair("EUR/USD"),
                                       .status = records::PredictionStatus::kTriggered,
                                       .outcome = records::Outcome::kWin,
                                       .min_confidence = 0.6,
                                       .limit = 2,
                                       .offset = 4};
  ASSERT_OK_AND_ASSIGN(const records::PredictionPage page, client_->ListPredictions(query, {}));
  EXPECT_EQ(http_.requests()[0].url,
            "http://backend.test:3000/api/v1/ml/predictions?pair=EUR%2FUSD&status=triggered&"
            "outcome=win&minConfidence=0.6&limit=2&offset=4");
  EXPECT_EQ(page.total, 12);
  ASSERT_THAT(page.predictions, SizeIs(2));
  const records::PredictionRecord& full = page.predictions[0];
  EXPECT_EQ(full.backend_prediction_id, kBackendId);
  EXPECT_EQ(full.request_id, kRequestId);
  EXPECT_EQ(full.signal, records::Signal::kSell);
  EXPECT_EQ(full.confidence, 0.85);
  EXPECT_EQ(full.factors.sentiment, 0.5);
  EXPECT_EQ(full.entry_price, 1.095);
  EXPECT_EQ(full.stop_loss, 1.1);
  EXPECT_EQ(full.position_size, std::nullopt);
  EXPECT_EQ(full.signal_strength, records::SignalStrength::kStrong);
  EXPECT_EQ(full.status, records::PredictionStatus::kTriggered);
  EXPECT_EQ(full.outcome, records::Outcome::kWin);
  EXPECT_EQ(full.pnl_pips, 150.0);
  EXPECT_EQ(full.pnl_percent, 1.37);
  EXPECT_EQ(full.created_at, At(2018, 6, 12, 10));
  const records::PredictionRecord& bare = page.predictions[1];
  EXPECT_EQ(bare.request_id, "");
  EXPECT_EQ(bare.outcome, std::nullopt);
  EXPECT_EQ(bare.signal_strength, std::nullopt);
}

TEST_F(PredictionsTest, SkipsCountsAndReportsARowThatMakesNoSense) {
  PushData(R"({"predictions":[
      {"id":"a","pair":"USD/JPY","timeframe":"2h","signal":"hold","confidence":0.5,
       "entryPrice":1,"createdAt":"2018-06-12T09:00:00.000Z"},
      {"id":"b","pair":"USD/JPY","timeframe":"1h","signal":"hold","confidence":0.5,
       "entryPrice":1,"createdAt":"2018-06-12T08:00:00.000Z"}],
      "pagination":{"total":2}})");
  ASSERT_OK_AND_ASSIGN(const records::PredictionPage page,
                       client_->ListPredictions(
                           {.pair = {}, .status = {}, .outcome = {}, .min_confidence = {}}, {}));
  ASSERT_THAT(page.predictions, SizeIs(1));
  EXPECT_EQ(page.predictions[0].backend_prediction_id, "b");
  EXPECT_EQ(page.total, 2);
  EXPECT_EQ(page.skipped, 1);
  EXPECT_THAT(logger_.text(),
              AllOf(HasSubstr("skipped=1"), HasSubstr("predictions[0].timeframe is \"2h\"")));
}

}  // namespace
}  // namespace aifx::backend
