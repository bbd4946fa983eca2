// Candles that leave features undefined, and what that means for others.
#include "core/pipeline/undefined_feature.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/violation.h"
#include "core/pipeline/async_predictor.h"
#include "tests/support/candles.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/core/pipeline/counting_model.h"

namespace aifx::pipeline {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using testing::StatusIs;

constexpr market::Timeframe kHour = market::Timeframe::k1Hour;

// Serves its candles, whatever is asked for.
class FixedSource final : public market::CandleSource {
 public:
  absl::StatusOr<std::vector<market::Candle>> Newest(const market::CurrencyPair&, market::Timeframe,
                                                     size_t, absl::Time,
                                                     const base::CallContext&) override {
    return candles;
  }
  absl::StatusOr<std::vector<market::Candle>> Range(const market::CurrencyPair&, market::Timeframe,
                                                    absl::Time, absl::Time,
                                                    const base::CallContext&) override {
    return absl::UnimplementedError("not used");
  }
  std::vector<market::Candle> candles;
};

// Models of one feature set each: v3.2 (named "legacy"), which averages 20 volumes and needs 203
// candles, and raw-ohlcv ("raw"), which sees the 4 newest candles.
class UndefinedFeatureTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Add("legacy", "v3.2");
    Add("raw", "raw-ohlcv");
    registry_.Refresh();
    candles_ = testing::RandomWalk({.count = 240});
    clock_.Advance(market::CloseTime(kHour, candles_.back().open_time) - clock_.Now());
  }
  void Add(const std::string& name, const std::string& feature_set) {
    model::Manifest manifest = testing::FakeManifest(name);
    testing::SetFeatureSet(**features::FindFeatureSet(feature_set), manifest);
    ASSERT_OK(store_.Add(manifest, {{"model.pt", "program"}}));
    ASSERT_OK(store_.SetActive(name, manifest.version));
  }

  PredictRequest NoCandles(const std::string& model = "legacy") const {
    PredictRequest request{
        .request_id = "id", .pair = *market::CurrencyPair::Parse("EUR/USD"), .timeframe = kHour};
    request.model.name = model;
    return request;
  }
  PredictRequest Given(const std::string& model = "legacy") const {
    PredictRequest request = NoCandles(model);
    request.candles = candles_;
    return request;
  }
  // A request for the candles with another newest volume.
  PreparedRequest WithVolume(double volume) {
    candles_.back().volume = volume;
    auto prepared = predictor_.Prepare(Given());
    EXPECT_OK(prepared);
    return *std::move(prepared);
  }
  absl::Status Predict(PredictRequest request) {
    auto prepared = predictor_.Prepare(std::move(request));
    if (prepared.ok() && prepared->NeedsFetch()) {
      const absl::Status fetched = predictor_.Fetch(*prepared, {});
      if (!fetched.ok()) return fetched;
    }
    if (!prepared.ok()) return prepared.status();
    return predictor_.Run(absl::MakeSpan(&*prepared, 1))[0].status();
  }
  static std::vector<std::string> FieldsOf(const absl::Status& status) {
    std::vector<std::string> fields;
    for (const auto& violation : base::ViolationsOf(status)) fields.push_back(violation.field);
    return fields;
  }

  testing::TemporaryFolder folder_;
  model::ModelStore store_{folder_.path()};
  std::map<std::string, std::shared_ptr<CountingModel>> models_;
  serving::ModelRegistry registry_{
      store_, base::NullLogger(),
      [this](const model::ModelStore& store, const std::string& name,
             int64_t version) -> absl::StatusOr<std::shared_ptr<const model::Model>> {
        return models_[name] = std::make_shared<CountingModel>(*store.ReadManifest(name, version));
      }};
  testing::FakeClock clock_;
  FixedSource source_;
  std::vector<market::Candle> candles_;
  Predictor predictor_{registry_, &source_, clock_, {}};
};

TEST_F(UndefinedFeatureTest, AWindowThatFailsTheModelFailsNobodyElse) {
  std::vector<PreparedRequest> items = {WithVolume(900), WithVolume(1e38), WithVolume(1100)};
  std::vector<PreparedRequest> alone = {items[0], items[2]};
  models_["legacy"]->limit = 1e30f;
  const auto together = predictor_.Run(absl::MakeSpan(items));
  EXPECT_EQ(models_["legacy"]->rows, 3 + 3);
  EXPECT_THAT(together[1], StatusIs(absl::StatusCode::kInternal, HasSubstr("nan")));
  const auto single = predictor_.Run(absl::MakeSpan(alone));
  ASSERT_OK(together[0]);
  ASSERT_OK(together[2]);
  EXPECT_EQ(together[0]->prediction.probabilities, single[0]->prediction.probabilities);
  EXPECT_EQ(together[2]->prediction.probabilities, single[1]->prediction.probabilities);
}

TEST_F(UndefinedFeatureTest, AValueThatTheModelCannotReadIsItsCallersFault) {
  std::vector<PreparedRequest> items = {WithVolume(900), WithVolume(1e300)};
  const auto answers = predictor_.Run(absl::MakeSpan(items));
  EXPECT_OK(answers[0]);
  EXPECT_THAT(answers[1], StatusIs(absl::StatusCode::kInvalidArgument,
                                   HasSubstr("column volume of feature set v3.2 is 1e+300")));
  EXPECT_THAT(FieldsOf(answers[1].status()), ElementsAre("candles[239]"));
}

TEST_F(UndefinedFeatureTest, NamesEachVolumeThatIsMissing) {
  candles_[238].volume.reset();
  candles_[239].volume.reset();
  const absl::Status given = Predict(Given());
  EXPECT_THAT(given, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("is missing")));
  EXPECT_THAT(FieldsOf(given), ElementsAre("candles[238].volume", "candles[239].volume"));

  source_.candles = candles_;
  const absl::Status fetched = Predict(NoCandles());
  EXPECT_THAT(fetched, StatusIs(absl::StatusCode::kFailedPrecondition,
                                HasSubstr("candles[238].volume is missing")));
  EXPECT_EQ(base::ReasonOf(fetched), "BACKEND_CANDLES_INVALID");
}

// The first row of v3.2 is that of the candle 199, which averages 20 volumes.
TEST_F(UndefinedFeatureTest, AsksForNoVolumeThatNoFeatureUses) {
  for (size_t i = 0; i < 180; ++i) candles_[i].volume.reset();
  EXPECT_OK(Predict(Given()));
  candles_[180].volume.reset();
  EXPECT_THAT(FieldsOf(Predict(Given())), ElementsAre("candles[180].volume"));
}

TEST_F(UndefinedFeatureTest, FlatPricesAreNamed) {
  for (size_t i = 220; i < 240; ++i) candles_[i] = testing::FlatCandle(candles_[i].open_time);
  for (market::Candle& candle : candles_) candle.volume = 1;
  const absl::Status given = Predict(Given());
  EXPECT_THAT(given, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("column stoch_k")));
  EXPECT_THAT(FieldsOf(given), ElementsAre("candles[233]"));  // the 14th flat one
  source_.candles = candles_;
  EXPECT_THAT(Predict(NoCandles()),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("the backend's candles")));
}

// The same window, computed once, stands at other indices in another request.
TEST_F(UndefinedFeatureTest, WhoSharesAWindowHearsOfItsOwnCandles) {
  candles_[238].volume = candles_[239].volume = std::numeric_limits<double>::max();
  serving::Batcher batcher({.threads = 0}, clock_);
  serving::Executor blocking({.name = "backend", .threads = 1});
  AsyncPredictor async(predictor_, batcher, blocking, clock_, AsyncPredictor::Options{});
  std::vector<absl::Status> ends;
  const auto start = [&] {
    async.Start(
        *predictor_.Prepare(Given("raw")), serving::Lane::kInteractive, {},
        [&](const absl::StatusOr<PredictAnswer>& answer) { ends.push_back(answer.status()); });
  };
  start();
  candles_.erase(candles_.begin(), candles_.begin() + 200);
  start();
  while (batcher.RunOne()) {
  }
  EXPECT_EQ(async.Stats().joined_inferences, 1);
  ASSERT_EQ(ends.size(), 2u);
  EXPECT_THAT(FieldsOf(ends[0]), ElementsAre("candles[236]"));
  EXPECT_THAT(FieldsOf(ends[1]), ElementsAre("candles[36]"));
}

}  // namespace
}  // namespace aifx::pipeline
