// A stream's predictions are those of Predict on the same history, to the bit.
#include "server/rpc/candle_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/pipeline/predictor.h"
#include "core/serving/registry.h"
#include "server/rpc/times.h"
#include "tests/support/candles.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_model.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/server/rpc/violation_fields.h"

namespace aifx::rpc {
namespace {

using ::testing::HasSubstr;
using testing::StatusIs;

constexpr auto kHour = market::Timeframe::k1Hour;

class CandleStreamTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK(store_.Add(testing::FakeManifest(), {{"model.pt", "program"}}));
    ASSERT_OK(store_.SetActive("eurusd-1h", testing::FakeManifest().version));
    registry_.Refresh();
    candles_ = testing::RandomWalk({.count = 400});
  }

  static ml::v1::Candle ToMessage(const market::Candle& candle) {
    ml::v1::Candle message;
    *message.mutable_open_time() = TimeToProto(candle.open_time);
    message.set_open(candle.open);
    message.set_high(candle.high);
    message.set_low(candle.low);
    message.set_close(candle.close);
    if (candle.volume.has_value()) message.set_volume(*candle.volume);
    if (candle.spread_pips.has_value()) message.set_spread_pips(*candle.spread_pips);
    return message;
  }
  ml::v1::StreamStart StartWith(size_t warm_up) const {
    ml::v1::StreamStart start;
    start.set_pair("EUR/USD");
    start.set_timeframe(ml::v1::TIMEFRAME_1H);
    for (size_t i = 0; i < warm_up; ++i) {
      *start.mutable_warm_up()->add_candles() = ToMessage(candles_[i]);
    }
    return start;
  }
  // The moment at which candle i has just closed.
  absl::Time After(size_t i) {
    const absl::Time closed = market::CloseTime(kHour, candles_[i].open_time);
    clock_.Advance(closed - clock_.Now());
    return closed;
  }
  records::Prediction Run(pipeline::PreparedRequest prepared) {
    auto answers = predictor_.Run(absl::MakeSpan(&prepared, 1));
    EXPECT_OK(answers[0]);
    return answers[0].ok() ? answers[0]->prediction : records::Prediction{.pair = pair_};
  }
  records::Prediction Predict(size_t count) {
    pipeline::PredictRequest request{.request_id = "id", .pair = pair_, .timeframe = kHour};
    request.candles.emplace(candles_.begin(), candles_.begin() + static_cast<long>(count));
    auto prepared = engine_.Prepare(std::move(request));
    EXPECT_OK(prepared);
    return Run(*std::move(prepared));
  }

  const market::CurrencyPair pair_ = *market::CurrencyPair::Parse("EUR/USD");
  testing::TemporaryFolder folder_;
  model::ModelStore store_{folder_.path()};
  serving::ModelRegistry registry_{
      store_, base::NullLogger(),
      [](const model::ModelStore& store, const std::string& name,
         int64_t version) -> absl::StatusOr<std::shared_ptr<const model::Model>> {
        auto manifest = store.ReadManifest(name, version);
        if (!manifest.ok()) return manifest.status();
        return std::make_shared<testing::FakeModel>(*manifest);
      }};
  testing::FakeClock clock_;
  pipeline::Predictor predictor_{registry_, nullptr, clock_, {}};
  serving::Batcher batcher_{{.threads = 0}, clock_};
  serving::Executor blocking_{{.name = "reads"}};
  pipeline::AsyncPredictor async_{predictor_, batcher_, blocking_, clock_, {}};
  PredictorEngine engine_{predictor_, async_};
  std::vector<market::Candle> candles_;
};

TEST_F(CandleStreamTest, EveryPredictionIsThatOfPredictOnTheSameHistory) {
  ASSERT_OK_AND_ASSIGN(CandleStream stream,
                       CandleStream::FromProto(StartWith(150), "", After(149)));
  for (size_t i = 150; i < candles_.size(); ++i) {
    const absl::Time now = After(i);
    auto prepared = stream.Next(ToMessage(candles_[i]), engine_, now);
    ASSERT_OK(prepared);
    const records::Prediction streamed = Run(*std::move(prepared));
    const records::Prediction predicted = Predict(i + 1);
    EXPECT_EQ(streamed.probabilities, predicted.probabilities) << i;
    EXPECT_EQ(streamed.signal, predicted.signal);
    EXPECT_EQ(streamed.as_of, predicted.as_of);
    EXPECT_EQ(streamed.entry_price, predicted.entry_price);
    EXPECT_EQ(streamed.stop_loss, predicted.stop_loss);
    EXPECT_EQ(streamed.market_condition, predicted.market_condition);
  }
}

TEST_F(CandleStreamTest, KeepsNoMoreCandlesThanItNeeds) {
  ASSERT_OK_AND_ASSIGN(CandleStream stream,
                       CandleStream::FromProto(StartWith(150), "", After(149)));
  size_t most = 0;
  for (size_t i = 150; i < candles_.size(); ++i) {
    auto prepared = stream.Next(ToMessage(candles_[i]), engine_, After(i));
    ASSERT_OK(prepared);
    if (i > 200) most = std::max(most, prepared->candles.size());
  }
  EXPECT_LE(most, 150u);
}

TEST_F(CandleStreamTest, AWarmUpThatIsTooShortIsAnError) {
  ASSERT_OK_AND_ASSIGN(CandleStream stream, CandleStream::FromProto(StartWith(10), "", After(9)));
  EXPECT_THAT(stream.Next(ToMessage(candles_[10]), engine_, After(10)).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("11")));
}

TEST_F(CandleStreamTest, AWrongCandleIsNamedAndChangesNothing) {
  ASSERT_OK_AND_ASSIGN(CandleStream stream,
                       CandleStream::FromProto(StartWith(150), "", After(149)));
  ASSERT_OK(stream.Next(ToMessage(candles_[150]), engine_, After(150)));
  const absl::Time now = After(151);
  ml::v1::Candle wrong = ToMessage(candles_[151]);
  wrong.set_high(wrong.low() / 2);
  EXPECT_THAT(stream.Next(wrong, engine_, now).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("high")));
  EXPECT_THAT(stream.Next(ToMessage(candles_[150]), engine_, now).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("open_time")));
  EXPECT_THAT(stream.Next(ToMessage(candles_[152]), engine_, now).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("open_time")));
  EXPECT_OK(stream.Next(ToMessage(candles_[151]), engine_, now));
}

TEST_F(CandleStreamTest, TheModelStaysTheOneThatTheStreamBeganWith) {
  ASSERT_OK_AND_ASSIGN(CandleStream stream,
                       CandleStream::FromProto(StartWith(150), "", After(149)));
  ASSERT_OK(stream.Next(ToMessage(candles_[150]), engine_, After(150)));
  ASSERT_OK(store_.Add(testing::FakeManifest("eurusd-1h", 20190101000000), {{"model.pt", "2"}}));
  ASSERT_OK(store_.SetActive("eurusd-1h", 20190101000000));
  registry_.Refresh();
  ASSERT_OK_AND_ASSIGN(auto prepared, stream.Next(ToMessage(candles_[151]), engine_, After(151)));
  EXPECT_EQ(prepared.served.model->manifest().version, testing::FakeManifest().version);
}

TEST_F(CandleStreamTest, FieldsOfTheStartAreNamedAsItsSenderWroteThem) {
  ml::v1::StreamStart start = StartWith(0);
  start.set_pair("EUR/EUR");
  start.mutable_warm_up()->add_candles();
  const absl::Status status = CandleStream::FromProto(start, "", After(0)).status();
  EXPECT_THAT(FieldsOf(status),
              ::testing::UnorderedElementsAre("start.pair", "start.warm_up.candles[0].open_time"));
}

}  // namespace
}  // namespace aifx::rpc
