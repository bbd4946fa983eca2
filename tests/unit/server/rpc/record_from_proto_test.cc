// Submissions, outcomes and queries to the core's values and back.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/rpc/from_proto.h"
#include "server/rpc/times.h"
#include "server/rpc/to_proto.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/server/rpc/violation_fields.h"

namespace aifx::rpc {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kUuid[] = "0b7c7ff6-5d8c-4d2c-9b44-0f3f3f0e8a11";
const absl::Time kNow = absl::FromCivil(absl::CivilHour(2018, 6, 12, 10), absl::UTCTimeZone());

records::Prediction APrediction() {
  records::Prediction prediction{.id = kUuid, .pair = *market::CurrencyPair::Parse("EUR/USD")};
  prediction.timeframe = market::Timeframe::k1Hour;
  prediction.as_of = kNow;
  prediction.valid_until = kNow + absl::Hours(24);
  prediction.signal = records::Signal::kBuy;
  prediction.probabilities = {{"sell", 0.2}, {"hold", 0.2}, {"buy", 0.6}};
  prediction.p_win = 0.6;
  prediction.confidence = 0.6;
  prediction.factors = {0.7, 0.5, 0.3};
  prediction.entry_price = 1.1;
  prediction.stop_loss = 1.09;
  prediction.take_profit = 1.12;
  prediction.risk_reward_ratio = 2;
  prediction.position_size = 1.5;
  prediction.signal_strength = records::SignalStrength::kStrong;
  prediction.market_condition = records::MarketCondition::kCalm;
  prediction.model = {.name = "eurusd-1h", .version = 20180612100000, .backend_id = kUuid};
  prediction.warnings = {{"STALE_CANDLES", "old"}};
  return prediction;
}

TEST(SubmissionFromProtoTest, AnAnswerSentBackIsTheSubmissionOfThePrediction) {
  const records::Prediction prediction = APrediction();
  ml::v1::SubmitPredictionRequest request;
  ToProto(prediction, *request.mutable_prediction());
  EXPECT_FALSE(request.prediction().has_p_up());
  EXPECT_EQ(request.prediction().model().version(), 20180612100000);
  ASSERT_OK_AND_ASSIGN(const records::Submission got, SubmissionFromProto(request));
  const records::Submission want = records::SubmissionOf(prediction);
  EXPECT_EQ(got.request_id, kUuid);
  EXPECT_EQ(got.signal, want.signal);
  EXPECT_EQ(got.confidence, want.confidence);
  EXPECT_EQ(got.factors.pattern, want.factors.pattern);
  EXPECT_EQ(got.entry_price, want.entry_price);
  EXPECT_EQ(got.stop_loss, want.stop_loss);
  EXPECT_EQ(got.take_profit, want.take_profit);
  EXPECT_EQ(got.risk_reward_ratio, want.risk_reward_ratio);
  EXPECT_EQ(got.position_size, want.position_size);
  EXPECT_EQ(got.signal_strength, want.signal_strength);
  EXPECT_EQ(got.market_condition, want.market_condition);
  EXPECT_EQ(got.model_version_id, want.model_version_id);
  EXPECT_EQ(got.technical_data_json, want.technical_data_json);
}

TEST(SubmissionFromProtoTest, ChecksExternalPredictions) {
  ml::v1::SubmitPredictionRequest request;
  EXPECT_THAT(FieldsOf(SubmissionFromProto(request).status()), ElementsAre("content"));
  auto* external = request.mutable_external();
  EXPECT_THAT(FieldsOf(SubmissionFromProto(request).status()),
              ElementsAre("external.pair", "external.timeframe", "external.signal",
                          "external.confidence", "external.factors"));
  external->set_pair("EUR/USD");
  external->set_timeframe(ml::v1::TIMEFRAME_4H);
  external->set_signal(ml::v1::SIGNAL_SELL);
  external->set_confidence(0.7);
  external->mutable_factors()->set_technical(0.5);
  external->set_entry_price(1.1);
  EXPECT_OK(SubmissionFromProto(request));
  external->set_stop_loss(1.05);  // below the entry of a sell
  external->set_technical_data_json("[1]");
  EXPECT_THAT(FieldsOf(SubmissionFromProto(request).status()),
              ElementsAre("external.technical_data_json"));
  external->clear_technical_data_json();
  EXPECT_THAT(FieldsOf(SubmissionFromProto(request).status()), ElementsAre("external.stop_loss"));
  external->clear_stop_loss();
  const auto nested = [](size_t arrays) {
    return R"({"[\"[[":)" + std::string(arrays, '[') + std::string(arrays, ']') + "}";
  };
  external->set_technical_data_json(nested(63));
  EXPECT_OK(SubmissionFromProto(request));
  external->set_technical_data_json(nested(64));
  EXPECT_THAT(FieldsOf(SubmissionFromProto(request).status()),
              ElementsAre("external.technical_data_json"));
}

TEST(OutcomeFromProtoTest, ZeroIsSaidNotLeftOut) {
  ml::v1::UpdateOutcomeRequest request;
  EXPECT_THAT(FieldsOf(OutcomeFromProto(request).status()),
              ElementsAre("prediction_id", "outcome", "pnl_pips", "pnl_percent"));
  request.set_prediction_id(kUuid);
  request.set_outcome(ml::v1::OUTCOME_LOSS);
  request.set_pnl_pips(-12.5);
  request.set_pnl_percent(0);
  ASSERT_OK_AND_ASSIGN(const auto update, OutcomeFromProto(request));
  EXPECT_EQ(update.outcome, records::Outcome::kLoss);
  EXPECT_EQ(update.pnl_pips, -12.5);
}

TEST(QueriesFromProtoTest, PagesFollowEachOther) {
  ml::v1::ListPredictionsRequest request;
  request.set_pair("EURUSD");
  ASSERT_OK_AND_ASSIGN(auto query, PredictionQueryFromProto(request));
  EXPECT_EQ(query.limit, 50);
  EXPECT_EQ(query.offset, 0);
  records::PredictionPage page;
  page.total = 51;
  page.predictions.assign(
      50, records::PredictionRecord{.pair = *market::CurrencyPair::Parse("EUR/USD")});
  request.set_page_token(NextPredictionsToken(request, query, page));
  ASSERT_OK_AND_ASSIGN(query, PredictionQueryFromProto(request));
  EXPECT_EQ(query.offset, 50);
  page.predictions.resize(1, page.predictions[0]);
  EXPECT_EQ(NextPredictionsToken(request, query, page), "");
  page.skipped = 2;  // rows that the client left out, but the backend counts
  page.total = 60;
  request.set_page_token(NextPredictionsToken(request, query, page));
  ASSERT_OK_AND_ASSIGN(query, PredictionQueryFromProto(request));
  EXPECT_EQ(query.offset, 53);
  request.set_outcome(ml::v1::OUTCOME_WIN);  // another list
  request.set_page_size(101);
  EXPECT_THAT(FieldsOf(PredictionQueryFromProto(request).status()),
              ElementsAre("page_size", "page_token"));
}

TEST(QueriesFromProtoTest, AccuracyBounds) {
  ml::v1::GetAccuracyRequest request;
  EXPECT_OK(AccuracyQueryFromProto(request));
  request.set_model_version_id("x");
  request.set_min_confidence(1.1);
  *request.mutable_start_time() = TimeToProto(kNow);
  *request.mutable_end_time() = TimeToProto(kNow - absl::Seconds(1));
  EXPECT_THAT(FieldsOf(AccuracyQueryFromProto(request).status()),
              ElementsAre("model_version_id", "end_time", "min_confidence"));
  const std::vector<base::FieldViolation> violations =
      base::ViolationsOf(AccuracyQueryFromProto(request).status());
  EXPECT_THAT(violations[1].description,
              AllOf(HasSubstr(absl::FormatTime(kNow, absl::UTCTimeZone())),
                    HasSubstr(absl::FormatTime(kNow - absl::Seconds(1), absl::UTCTimeZone()))));
}

}  // namespace
}  // namespace aifx::rpc
