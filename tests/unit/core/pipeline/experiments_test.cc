// Requests in experiments; inference runs when the test says so (a batcher without threads).
#include "core/serving/experiments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <set>

#include "core/pipeline/async_predictor.h"
#include "tests/support/candles.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/core/pipeline/counting_model.h"

namespace aifx::pipeline {
namespace {

using serving::ExperimentKind;
using serving::Lane;
using testing::StatusIs;

constexpr market::Timeframe kHour = market::Timeframe::k1Hour;
constexpr char kModel[] = "eurusd-1h";
constexpr int64_t kChampion = 20180612100000, kCandidate = 20180613100000;
constexpr double kNearlyAll = 99.99;  // percent
constexpr size_t kFirst = 170;        // candles of the first request

// Notes which version made each prediction that it hears of.
class VersionsHeard final : public PredictionListener {
 public:
  void OnPrediction(const PreparedRequest&, const DecisionPolicy&, absl::Span<const float>,
                    const records::Prediction& prediction) override {
    versions.push_back(prediction.model.version);
  }
  std::vector<int64_t> versions;
};

class PipelineExperimentsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const int64_t version : {kChampion, kCandidate}) {
      model::Manifest manifest = testing::FakeManifest(kModel, version);
      if (version == kCandidate) manifest.calibration.slope = 3;
      ASSERT_OK(store_.Add(manifest, {{"model.pt", "program"}}));
    }
    ASSERT_OK(registry_.SetActive(kModel, kChampion, {}));
    candles_ = testing::RandomWalk({.count = 600});
  }

  void Create(ExperimentKind kind, double percent) {
    ASSERT_OK(experiments_.Create({.name = "test",
                                   .kind = kind,
                                   .model = kModel,
                                   .candidate = kCandidate,
                                   .candidate_percent = percent},
                                  {}));
    running_ = experiments_.Find(kModel);
    ASSERT_NE(running_, nullptr);
  }
  serving::ExperimentStats Stats() const { return running_->Stats(); }

  PredictRequest Ending(size_t at, int64_t version = 0) const {
    PredictRequest request{
        .request_id = "id", .pair = *market::CurrencyPair::Parse("EUR/USD"), .timeframe = kHour};
    request.candles = std::vector<market::Candle>(candles_.begin(), candles_.begin() + at + 1);
    request.as_of = market::CloseTime(kHour, candles_[at].open_time);
    request.model.version = version;
    return request;
  }
  using Pending = std::future<absl::StatusOr<PredictAnswer>>;
  Pending Start(PredictRequest request) {
    auto promise = std::make_shared<std::promise<absl::StatusOr<PredictAnswer>>>();
    Pending pending = promise->get_future();
    auto prepared = predictor_.Prepare(std::move(request));
    EXPECT_OK(prepared);
    async_.Start(
        *std::move(prepared), Lane::kInteractive, {},
        [promise](absl::StatusOr<PredictAnswer> answer) { promise->set_value(std::move(answer)); });
    return pending;
  }
  // Without what waits in the batch lane.
  records::Prediction Answer(PredictRequest request) {
    Pending pending = Start(std::move(request));
    if (pending.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
      EXPECT_TRUE(batcher_.RunOne());
    }
    const auto answer = pending.get();
    EXPECT_OK(answer);
    return answer->prediction;
  }
  void RunAll() {
    while (batcher_.RunOne()) {
    }
  }
  CountingModel& Model(int64_t version) { return *models_.at(version); }

  testing::TemporaryFolder folder_;
  model::ModelStore store_{folder_.path()};
  std::map<int64_t, std::shared_ptr<CountingModel>> models_;
  serving::ModelRegistry registry_{
      store_, base::NullLogger(),
      [this](const model::ModelStore& store, const std::string& name,
             int64_t version) -> absl::StatusOr<std::shared_ptr<const model::Model>> {
        return models_[version] =
                   std::make_shared<CountingModel>(*store.ReadManifest(name, version));
      }};
  testing::FakeClock clock_;
  std::vector<market::Candle> candles_;
  serving::Experiments experiments_{{.store = store_,
                                     .registry = registry_,
                                     .control = registry_,
                                     .clock = clock_,
                                     .logger = base::NullLogger(),
                                     .rules = {}}};
  std::shared_ptr<serving::RunningExperiment> running_;
  VersionsHeard heard_;
  PredictorOptions options_{.experiments = &experiments_, .listener = &heard_};
  Predictor predictor_{registry_, nullptr, clock_, options_};
  serving::Batcher batcher_{{.threads = 0}, clock_};
  serving::Executor blocking_{{.name = "backend", .threads = 1}};
  AsyncPredictor async_{predictor_, batcher_, blocking_, clock_, AsyncPredictor::Options{}};
};

TEST_F(PipelineExperimentsTest, AbDividesCandlesAndAnswersACandleAlways) {
  EXPECT_EQ(Answer(Ending(kFirst)).model.version, kChampion);
  Create(ExperimentKind::kAb, 50);
  constexpr int kCandles = 200;
  std::map<int64_t, int> answered;
  for (int i = 0; i < kCandles; ++i) {
    const size_t at = kFirst + static_cast<size_t>(i);
    const int64_t version = Answer(Ending(at)).model.version;
    ++answered[version];
    EXPECT_EQ(Answer(Ending(at)).model.version, version);
  }
  EXPECT_NEAR(answered[kCandidate], kCandles / 2, 35);  // five standard deviations
  EXPECT_EQ(Stats().candidate.units, answered[kCandidate]);
  EXPECT_EQ(Stats().champion.units, answered[kChampion]);
  EXPECT_EQ(Stats().candidate.requests, 2 * answered[kCandidate]);
  EXPECT_EQ(Stats().fallbacks, 0);
  EXPECT_EQ(SampleRatioWarning(running_->experiment(), Stats()), "");
  ASSERT_OK(experiments_.End("test", false, {}));
  for (size_t at = kFirst; at < kFirst + 20; ++at) {
    EXPECT_EQ(Answer(Ending(at)).model.version, kChampion);
  }
}

TEST_F(PipelineExperimentsTest, ARequestThatNamesAVersionTakesNoPart) {
  Create(ExperimentKind::kAb, kNearlyAll);
  EXPECT_EQ(Answer(Ending(kFirst)).model.version, kCandidate);
  EXPECT_EQ(Answer(Ending(kFirst, kChampion)).model.version, kChampion);
  EXPECT_EQ(Stats().champion.requests, 0);
  EXPECT_EQ(Stats().candidate.requests, 1);
}

TEST_F(PipelineExperimentsTest, TheChampionAnswersForACandidateThatIsGone) {
  Create(ExperimentKind::kAb, 50);
  ASSERT_OK(registry_.Unload(kModel, kCandidate, {}));
  for (size_t i = 0; i < 40; ++i) EXPECT_EQ(Answer(Ending(kFirst + i)).model.version, kChampion);
  EXPECT_GT(Stats().fallbacks, 0);
  EXPECT_NE(SampleRatioWarning(running_->experiment(), Stats()), "");
}

TEST_F(PipelineExperimentsTest, AShadowComputesAfterwardsAndIsCompared) {
  const records::Prediction alone = Answer(Ending(kFirst));
  Create(ExperimentKind::kShadow, 100);
  const records::Prediction beside = Answer(Ending(kFirst));
  EXPECT_EQ(beside.model.version, kChampion);
  EXPECT_EQ(beside.probabilities, alone.probabilities);
  EXPECT_EQ(beside.signal, alone.signal);
  EXPECT_EQ(Model(kCandidate).rows, 0);
  EXPECT_EQ(Stats().shadow.compared, 0);
  RunAll();
  EXPECT_EQ(Model(kCandidate).rows, 1);
  const records::Prediction candidate = Answer(Ending(kFirst, kCandidate));
  double difference = 0;
  for (size_t c = 0; c < alone.probabilities.size(); ++c) {
    difference = std::max(
        difference, std::abs(alone.probabilities[c].second - candidate.probabilities[c].second));
  }
  ASSERT_GT(difference, 0);
  EXPECT_EQ(Stats().shadow.compared, 1);
  EXPECT_DOUBLE_EQ(Stats().shadow.difference_sum, difference);
  EXPECT_DOUBLE_EQ(Stats().shadow.difference_max, difference);
  EXPECT_EQ(Stats().champion.requests, 1);
  EXPECT_EQ(Stats().candidate.requests, 0);

  Answer(Ending(kFirst));  // known: once a candle is enough
  RunAll();
  EXPECT_EQ(Stats().shadow.compared, 1);
  EXPECT_EQ(Model(kCandidate).rows, 1);
}

TEST_F(PipelineExperimentsTest, NobodyHearsOfWhatAShadowSays) {
  Create(ExperimentKind::kShadow, 100);
  Answer(Ending(kFirst));
  RunAll();
  ASSERT_EQ(Stats().shadow.compared, 1);
  EXPECT_THAT(heard_.versions, ::testing::ElementsAre(kChampion));
}

TEST_F(PipelineExperimentsTest, CandlesWithoutFeaturesAreNoErrorOfAVersion) {
  Create(ExperimentKind::kCanary, 50);
  for (const absl::Status& status :
       {absl::InvalidArgumentError("candles[3]"), absl::FailedPreconditionError("candles")}) {
    Model(kCandidate).failure = status;
    for (size_t i = 0; i < 60; ++i) {
      const Pending pending = Start(Ending(kFirst + i));
      RunAll();
    }
  }
  EXPECT_GT(Stats().champion.requests, 0);
  EXPECT_EQ(Stats().candidate.errors, 0);
}

TEST_F(PipelineExperimentsTest, ShadowsBeyondWhatMayWaitAreDropped) {
  Create(ExperimentKind::kShadow, 100);
  for (size_t i = 0; i < 70; ++i) Answer(Ending(kFirst + i));
  EXPECT_EQ(Stats().shadow.dropped, 6);
  RunAll();
  EXPECT_EQ(Stats().shadow.compared, 64);
  Answer(Ending(kFirst + 80));
  clock_.Advance(absl::Seconds(11));  // too late to be of use
  RunAll();
  EXPECT_EQ(Stats().shadow.dropped, 7);
  Model(kCandidate).failure = absl::InternalError("the model failed");
  Answer(Ending(kFirst + 81));
  RunAll();
  EXPECT_EQ(Stats().shadow.failed, 1);
  EXPECT_EQ(Stats().shadow.compared, 64);
}

TEST_F(PipelineExperimentsTest, ACanaryThatFailsStopsGettingRequests) {
  Create(ExperimentKind::kCanary, 50);
  Model(kCandidate).failure = absl::InternalError("the model failed");
  for (size_t i = 0; i < 80; ++i) {
    Pending pending = Start(Ending(kFirst + i));
    RunAll();
    const auto answer = pending.get();
    if (!answer.ok()) {
      EXPECT_THAT(answer, StatusIs(absl::StatusCode::kInternal, ::testing::_));
    }
  }
  const serving::ExperimentStats stats = Stats();
  ASSERT_GE(stats.candidate.errors, 20);
  EXPECT_EQ(stats.candidate.errors, stats.candidate.requests);
  EXPECT_EQ(stats.champion.errors, 0);
  experiments_.Evaluate();
  EXPECT_EQ(experiments_.Find(kModel), nullptr);
  for (size_t i = 0; i < 80; ++i) {
    EXPECT_EQ(Answer(Ending(kFirst + i)).model.version, kChampion);
  }
}

}  // namespace
}  // namespace aifx::pipeline
