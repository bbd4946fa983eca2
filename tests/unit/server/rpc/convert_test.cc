// Messages to the core's values and back.

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <limits>

#include "absl/strings/ascii.h"
#include "server/rpc/fields.h"
#include "server/rpc/from_proto.h"
#include "server/rpc/times.h"
#include "server/rpc/to_proto.h"
#include "tests/support/status_matchers.h"

namespace aifx::rpc {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::StatusIs;

constexpr char kUuid[] = "0b7c7ff6-5d8c-4d2c-9b44-0f3f3f0e8a11";
const absl::Time kNow = absl::FromCivil(absl::CivilHour(2018, 6, 12, 10), absl::UTCTimeZone());

std::vector<std::string> FieldsOf(const absl::Status& status) {
  std::vector<std::string> fields;
  for (const auto& violation : base::ViolationsOf(status)) fields.push_back(violation.field);
  return fields;
}

ml::v1::PredictRequest GoodRequest() {
  ml::v1::PredictRequest request;
  request.set_pair("eurusd");
  request.set_timeframe(ml::v1::TIMEFRAME_1H);
  return request;
}

// "TIMEFRAME_1H" and "1h": the two enums name the same thing under every number.
template <typename CoreEnum, typename Name>
void ExpectSameNames(const std::string& prefix, int count, Name name) {
  const auto* descriptor =
      google::protobuf::GetEnumDescriptor<typename ProtoEnumOf<CoreEnum>::type>();
  ASSERT_EQ(descriptor->value_count(), count + 1) << descriptor->full_name();
  for (int i = 0; i < count; ++i) {
    const auto core = static_cast<CoreEnum>(i);
    const auto proto = EnumToProto(core);
    EXPECT_EQ(descriptor->FindValueByNumber(proto)->name(),
              absl::StrCat(prefix, absl::AsciiStrToUpper(name(core))));
    Violations violations;
    EXPECT_EQ(EnumFromProto<CoreEnum>(proto, "field", true, violations), core);
    EXPECT_THAT(violations, IsEmpty());
  }
}

TEST(EnumsTest, StandInTheSameOrder) {
  ExpectSameNames<market::Timeframe>("TIMEFRAME_", 9, [](market::Timeframe timeframe) {
    return timeframe == market::Timeframe::k1Month ? std::string("1month")
                                                   : std::string(market::TimeframeName(timeframe));
  });
  ExpectSameNames<records::Signal>("SIGNAL_", 3, records::SignalName);
  ExpectSameNames<records::SignalStrength>("SIGNAL_STRENGTH_", 4, records::SignalStrengthName);
  ExpectSameNames<records::MarketCondition>("MARKET_CONDITION_", 4, records::MarketConditionName);
  ExpectSameNames<records::Outcome>("OUTCOME_", 3, records::OutcomeName);
  ExpectSameNames<records::PredictionStatus>("PREDICTION_STATUS_", 5,
                                             records::PredictionStatusName);
  for (int i = 1; i <= 7; ++i) {
    const auto reason = static_cast<records::HoldReason>(i);
    EXPECT_EQ(ml::v1::HoldReason_Name(HoldReasonToProto(reason)),
              absl::StrCat("HOLD_REASON_", absl::AsciiStrToUpper(records::HoldReasonName(reason))));
  }
  EXPECT_EQ(EnumToProto(records::SubmissionState::kQueued), ml::v1::SUBMISSION_STATE_QUEUED);
  EXPECT_EQ(EnumToProto(records::SubmissionState::kDead), ml::v1::SUBMISSION_STATE_DEAD);
}

TEST(TimesTest, RoundTripBeforeAndAfterTheEpoch) {
  for (const absl::Time time : {kNow, kNow + absl::Nanoseconds(1), absl::UnixEpoch(),
                                absl::UnixEpoch() - absl::Milliseconds(1500)}) {
    Violations violations;
    EXPECT_EQ(TimeFromProto(TimeToProto(time), "t", violations), time);
    EXPECT_THAT(violations, IsEmpty());
  }
  google::protobuf::Timestamp bad;
  bad.set_nanos(-1);
  Violations violations;
  EXPECT_EQ(TimeFromProto(bad, "t", violations), std::nullopt);
  bad.set_nanos(0);
  bad.set_seconds(std::numeric_limits<int64_t>::max());
  EXPECT_EQ(TimeFromProto(bad, "t", violations), std::nullopt);
  EXPECT_EQ(violations.size(), 2u);
  EXPECT_EQ(DurationToProto(absl::Milliseconds(1500)).nanos(), 500'000'000);
}

TEST(PredictFromProtoTest, TakesDefaultsAndMakesAnId) {
  ASSERT_OK_AND_ASSIGN(const PredictArguments got, PredictFromProto(GoodRequest(), kNow));
  EXPECT_EQ(got.request.pair.ToString(), "EUR/USD");
  EXPECT_EQ(got.request.timeframe, market::Timeframe::k1Hour);
  EXPECT_FALSE(got.request.candles.has_value());
  EXPECT_FALSE(got.request.as_of.has_value());
  EXPECT_EQ(got.request.request_id.size(), 36u);
  EXPECT_EQ(got.request.model.version, 0);
  EXPECT_EQ(got.request.risk.risk_percent, 1);
  EXPECT_FALSE(got.submit);
}

TEST(PredictFromProtoTest, MessagesAndColumnsAreTheSameCandles) {
  ml::v1::PredictRequest messages = GoodRequest(), columns = GoodRequest();
  for (int i = 0; i < 3; ++i) {
    auto* candle = messages.mutable_series()->add_candles();
    candle->mutable_open_time()->set_seconds(1000 + i);
    candle->set_open(1.1);
    candle->set_high(1.3 + i);
    candle->set_low(1.0);
    candle->set_close(1.2);
    candle->set_spread_pips(0);
    auto* packed = columns.mutable_series()->mutable_columns();
    packed->add_open_time_seconds(1000 + i);
    packed->add_open(1.1);
    packed->add_high(1.3 + i);
    packed->add_low(1.0);
    packed->add_close(1.2);
    packed->add_spread_pips(0);
  }
  for (const auto& request : {messages, columns}) {
    ASSERT_OK_AND_ASSIGN(const PredictArguments got, PredictFromProto(request, kNow));
    ASSERT_TRUE(got.request.candles.has_value());
    ASSERT_EQ(got.request.candles->size(), 3u);
    const market::Candle& last = got.request.candles->back();
    EXPECT_EQ(last.open_time, absl::FromUnixSeconds(1002));
    EXPECT_EQ(last.high, 3.3);
    EXPECT_EQ(last.close, 1.2);
    EXPECT_EQ(last.spread_pips, 0);  // a spread of zero is known, a volume is not
    EXPECT_FALSE(last.volume.has_value());
  }
}

TEST(PredictFromProtoTest, ListsEveryViolation) {
  ml::v1::PredictRequest request;
  request.set_pair("EURXXX");
  request.set_timeframe(static_cast<ml::v1::Timeframe>(42));
  request.mutable_series()->mutable_columns()->add_open_time_seconds(1);
  request.mutable_as_of()->set_seconds(1);
  request.set_model_version(-1);
  request.set_request_id("not a uuid");
  request.mutable_risk()->set_min_risk_reward_ratio(std::numeric_limits<double>::quiet_NaN());
  request.mutable_risk()->set_risk_per_trade_percent(0);
  request.mutable_risk()->set_equity(-5);
  const auto got = PredictFromProto(request, kNow);
  EXPECT_THAT(std::string(got.status().message()), ::testing::StartsWith("pair \"EURXXX\""));
  EXPECT_THAT(FieldsOf(got.status()),
              ElementsAre("pair", "timeframe", "series.columns.open", "series.columns.high",
                          "series.columns.low", "series.columns.close", "as_of", "model_version",
                          "risk.min_risk_reward_ratio", "risk.risk_per_trade_percent",
                          "risk.equity", "request_id"));
}

TEST(PredictFromProtoTest, SingleRules) {
  ml::v1::PredictRequest request = GoodRequest();
  *request.mutable_as_of() = TimeToProto(kNow + absl::Seconds(1));
  EXPECT_THAT(FieldsOf(PredictFromProto(request, kNow).status()), ElementsAre("as_of"));
  *request.mutable_as_of() = TimeToProto(kNow);
  EXPECT_OK(PredictFromProto(request, kNow));

  request = GoodRequest();
  request.mutable_series()->add_candles();
  EXPECT_THAT(FieldsOf(PredictFromProto(request, kNow).status()),
              ElementsAre("series.candles[0].open_time"));
  request.mutable_series()->mutable_columns();
  EXPECT_THAT(FieldsOf(PredictFromProto(request, kNow).status()), ElementsAre("series"));

  request = GoodRequest();
  request.mutable_series();  // a series without candles is none
  request.mutable_risk()->set_equity(1000);
  ASSERT_OK_AND_ASSIGN(const PredictArguments got, PredictFromProto(request, kNow));
  EXPECT_FALSE(got.request.candles.has_value());
  EXPECT_THAT(got.warnings, ElementsAre(Field(&base::Warning::code, "EQUITY_NOT_USED")));
}

TEST(PredictFromProtoTest, PathsOfTheCoreBecomeThoseOfTheCaller) {
  const absl::Status status = WithSeriesPaths(
      base::InvalidArgument({{"candles[17].high", "candles[17].high 1 is below"}, {"x", "y"}}));
  EXPECT_THAT(FieldsOf(status), ElementsAre("series.candles[17].high", "x"));
}

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
}

}  // namespace
}  // namespace aifx::rpc
