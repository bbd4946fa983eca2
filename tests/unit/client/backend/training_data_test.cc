#include "client/backend/training_data.h"

#include "tests/unit/client/backend/backend_fixture.h"

namespace aifx::backend {
namespace {

using ::aifx::testing::StatusIs;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class TrainingDataTest : public BackendTest {
 protected:
  TrainingDataClient data() { return TrainingDataClient(client_->channel()); }
};

// The same signal in both number forms.
constexpr char kSignalOfStrings[] = R"({"signals":[{"id":"s1","pair":"EUR/USD","timeframe":"1h",
    "signal":"buy","confidence":"0.85","factors":{"technical":"0.7","sentiment":0.5,"pattern":0.4},
    "entryPrice":"1.09500","stopLoss":"1.09000","takeProfit":"1.10500","riskRewardRatio":"2.00",
    "source":"ml_model","signalStrength":"strong","marketCondition":"trending",
    "technicalData":{"rsi":"55.1"},"status":"stopped","actualOutcome":"loss","actualPnL":"-50.00",
    "actualPnLPercent":"-0.46","durationMinutes":"90","createdAt":"2018-06-12T10:00:00.000Z",
    "triggeredAt":"2018-06-12T10:05:00.000Z","unknown":[1]}],"pagination":{"total":"1"}})";
constexpr char kSignalOfNumbers[] = R"({"signals":[{"id":"s1","pair":"EUR/USD","timeframe":"1h",
    "signal":"buy","confidence":0.85,"factors":{"technical":0.7,"sentiment":0.5,"pattern":0.4},
    "entryPrice":1.095,"stopLoss":1.09,"takeProfit":1.105,"riskRewardRatio":2,
    "source":"ml_model","signalStrength":"strong","marketCondition":"trending",
    "technicalData":{"rsi":"55.1"},"status":"stopped","actualOutcome":"loss","actualPnL":-50,
    "actualPnLPercent":-0.46,"durationMinutes":90,"createdAt":"2018-06-12T10:00:00.000Z",
    "triggeredAt":"2018-06-12T10:05:00.000Z"}],"pagination":{"total":1}})";

TEST_F(TrainingDataTest, ReadsSignalsInBothNumberForms) {
  for (const char* form : {kSignalOfStrings, kSignalOfNumbers}) {
    PushData(form);
    ASSERT_OK_AND_ASSIGN(const Page<SignalRecord> page,
                         data().Signals({.pair = {}, .outcome = {}, .min_confidence = {}}, {}));
    ASSERT_THAT(page.rows, SizeIs(1));
    const SignalRecord& signal = page.rows[0];
    EXPECT_EQ(signal.id, "s1");
    EXPECT_EQ(signal.prediction.signal, records::Signal::kBuy);
    EXPECT_EQ(signal.prediction.confidence, 0.85);
    EXPECT_EQ(signal.prediction.factors.technical, 0.7);
    EXPECT_EQ(signal.prediction.entry_price, 1.095);
    EXPECT_EQ(signal.prediction.take_profit, 1.105);
    EXPECT_EQ(signal.prediction.outcome, records::Outcome::kLoss);
    EXPECT_EQ(signal.prediction.status, records::PredictionStatus::kStopped);
    EXPECT_EQ(signal.prediction.pnl_pips, -50);
    EXPECT_EQ(signal.source, "ml_model");
    EXPECT_EQ(signal.technical_data_json, R"({"rsi":"55.1"})");
    EXPECT_EQ(signal.duration_minutes, 90);
    EXPECT_EQ(signal.triggered_at, At(2018, 6, 12, 10, 5));
  }
}

TEST_F(TrainingDataTest, SendsEveryFilterOfSignals) {
  PushData(R"({"signals":[],"pagination":{"total":0}})");
  ASSERT_OK(data().Signals({.pair = Pair("EUR/USD"),
                            .outcome = records::Outcome::kBreakeven,
                            .min_confidence = 0.6,
                            .start = At(2018, 1, 1),
                            .end = At(2018, 6, 1, 12, 30),
                            .limit = 5000,
                            .offset = 20},
                           {}));
  EXPECT_THAT(http_.requests()[0].url,
              EndsWith("/api/v1/ml/training-data/signals?pair=EUR%2FUSD&outcome=breakeven&"
                       "minConfidence=0.6&startDate=2018-01-01T00%3A00%3A00.000Z&"
                       "endDate=2018-06-01T12%3A30%3A00.000Z&limit=1000&offset=20"));
}

TEST_F(TrainingDataTest, ASignalWithoutOptionalMembersAndOneThatIsPending) {
  PushData(R"({"signals":[{"id":"s1","pair":"USD/JPY","timeframe":"1d","signal":"sell",
      "confidence":0.5,"entryPrice":110.1,"stopLoss":null,"source":null,"technicalData":null,
      "actualOutcome":"pending","createdAt":"2018-06-12T10:00:00.000Z"}],
      "pagination":{"total":1}})");
  ASSERT_OK_AND_ASSIGN(const Page<SignalRecord> page,
                       data().Signals({.pair = {}, .outcome = {}, .min_confidence = {}}, {}));
  ASSERT_THAT(page.rows, SizeIs(1));
  EXPECT_EQ(page.rows[0].prediction.stop_loss, std::nullopt);
  EXPECT_EQ(page.rows[0].prediction.outcome, std::nullopt);
  EXPECT_EQ(page.rows[0].source, "");
  EXPECT_EQ(page.rows[0].technical_data_json, "");
}

TEST_F(TrainingDataTest, ReadsTradesAndSkipsAnOddOne) {
  PushData(R"({"trades":[
      {"id":"t1","pair":"EUR/USD","status":"closed","side":"sell","signalId":"s1",
       "entryPrice":"1.09500","exitPrice":1.09,"positionSize":"1.50","actualPnL":"50.00",
       "actualPnLPercent":0.46,"openedAt":"2018-06-12T10:00:00.000Z",
       "closedAt":"2018-06-12T12:00:00.000Z"},
      {"id":"t2","pair":"EUR/USD","status":"half"},
      {"id":"t3","pair":"EUR/USD","status":"open"}],"pagination":{"total":3}})");
  ASSERT_OK_AND_ASSIGN(const Page<TradeRecord> page, data().Trades({.pair = Pair("EUR/USD"),
                                                                    .status = TradeStatus::kClosed,
                                                                    .start = At(2018, 1, 1),
                                                                    .limit = 10},
                                                                   {}));
  EXPECT_THAT(http_.requests()[0].url,
              EndsWith("/training-data/trades?pair=EUR%2FUSD&status=closed&"
                       "startDate=2018-01-01T00%3A00%3A00.000Z&limit=10&offset=0"));
  ASSERT_THAT(page.rows, SizeIs(2));
  EXPECT_EQ(page.skipped, 1);
  EXPECT_EQ(page.rows[0].side, records::Signal::kSell);
  EXPECT_EQ(page.rows[0].signal_id, "s1");
  EXPECT_EQ(page.rows[0].entry_price, 1.095);
  EXPECT_EQ(page.rows[0].exit_price, 1.09);
  EXPECT_EQ(page.rows[0].pnl_pips, 50);
  EXPECT_EQ(page.rows[0].closed_at, At(2018, 6, 12, 12));
  EXPECT_EQ(page.rows[1].status, TradeStatus::kOpen);
  EXPECT_EQ(page.rows[1].side, std::nullopt);
  EXPECT_EQ(page.rows[1].opened_at, std::nullopt);
}

TEST_F(TrainingDataTest, ReadsStatsOfWhatIsThere) {
  PushData(R"({"marketData":{"count":"12","oldestRecord":"2018-01-01T00:00:00.000Z",
      "latestRecord":"2018-06-01T00:00:00.000Z"},"signals":{"count":0,"oldestRecord":null}})");
  ASSERT_OK_AND_ASSIGN(const TrainingDataStats stats, data().Stats(Pair("EUR/USD"), {}));
  EXPECT_THAT(http_.requests()[0].url, EndsWith("/training-data/stats?pair=EUR%2FUSD"));
  EXPECT_EQ(stats.market_data.count, 12);
  EXPECT_EQ(stats.market_data.oldest, At(2018, 1, 1));
  EXPECT_EQ(stats.market_data.latest, At(2018, 6, 1));
  EXPECT_EQ(stats.signals.count, 0);
  EXPECT_EQ(stats.signals.oldest, std::nullopt);
  EXPECT_EQ(stats.trades.count, 0);
  PushData(R"({"marketData":{"count":"lots"}})");
  EXPECT_THAT(data().Stats(std::nullopt, {}),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("marketData.count is \"lots\"")));
}

}  // namespace
}  // namespace aifx::backend
