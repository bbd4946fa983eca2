// Predict requests to the core's values.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "server/rpc/from_proto.h"
#include "server/rpc/times.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/server/rpc/violation_fields.h"

namespace aifx::rpc {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;

const absl::Time kNow = absl::FromCivil(absl::CivilHour(2018, 6, 12, 10), absl::UTCTimeZone());

ml::v1::PredictRequest GoodRequest() {
  ml::v1::PredictRequest request;
  request.set_pair("eurusd");
  request.set_timeframe(ml::v1::TIMEFRAME_1H);
  return request;
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

TEST(PredictFromProtoTest, OfManyEmptyCandlesTheFirstAreListed) {
  ml::v1::PredictRequest request = GoodRequest();
  for (int i = 0; i < 5000; ++i) request.mutable_series()->add_candles();
  const absl::Status status = PredictFromProto(request, kNow).status();
  EXPECT_EQ(FieldsOf(status).size(), 51u);
  EXPECT_EQ(FieldsOf(status).back(), "...");
}

TEST(PredictFromProtoTest, ContextSeriesAreReadLikeTheSeries) {
  ml::v1::PredictRequest request = GoodRequest();
  auto* context = request.add_context_series();
  context->set_pair("GBP/USD");
  context->set_timeframe(ml::v1::TIMEFRAME_1H);
  auto* packed = context->mutable_series()->mutable_columns();
  packed->add_open_time_seconds(3600);
  for (auto* column : {packed->mutable_open(), packed->mutable_high(), packed->mutable_low(),
                       packed->mutable_close()}) {
    column->Add(1.25);
  }
  ASSERT_OK_AND_ASSIGN(const PredictArguments got, PredictFromProto(request, kNow));
  ASSERT_EQ(got.request.context.size(), 1u);
  EXPECT_EQ(got.request.context[0].pair.ToString(), "GBP/USD");
  ASSERT_EQ(got.request.context[0].candles.size(), 1u);
  EXPECT_EQ(got.request.context[0].candles[0].close, 1.25);
  EXPECT_EQ(got.request.context[0].candles[0].open_time, absl::FromUnixSeconds(3600));
}

TEST(PredictFromProtoTest, EveryWrongFieldOfContextIsNamed) {
  ml::v1::PredictRequest request = GoodRequest();
  for (const char* pair : {"EUR/USD", "GBP/USD", "GBP/USD", "x"}) {
    auto* context = request.add_context_series();
    context->set_pair(pair);
    context->set_timeframe(ml::v1::TIMEFRAME_1H);
  }
  request.mutable_context_series(1)->set_timeframe(ml::v1::TIMEFRAME_4H);
  request.mutable_context_series(1)->mutable_series()->add_candles();
  request.mutable_context_series(2)->mutable_series()->mutable_columns()->add_open(1);
  EXPECT_THAT(FieldsOf(PredictFromProto(request, kNow).status()),
              ElementsAre("context_series[0].pair", "context_series[1].timeframe",
                          "context_series[1].series.candles[0].open_time",
                          "context_series[2].series.columns.open", "context_series[2].pair",
                          "context_series[3].pair"));
  request = GoodRequest();
  for (int i = 0; i < 17; ++i) request.add_context_series();
  EXPECT_THAT(FieldsOf(PredictFromProto(request, kNow).status()), ElementsAre("context_series"));
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

}  // namespace
}  // namespace aifx::rpc
