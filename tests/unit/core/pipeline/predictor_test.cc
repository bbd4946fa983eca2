#include "core/pipeline/predictor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/violation.h"
#include "tests/support/candles.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_model.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_folder.h"

namespace aifx::pipeline {
namespace {

using records::HoldReason;
using records::Signal;
using ::testing::Contains;
using ::testing::DoubleNear;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::StatusIs;
using testing::Time;

constexpr char kId[] = "0b8f2d7e-54a9-4c3e-9d55-2f6a0c1b7e11";

// Serves `candles` up to as_of, or `error`.
class FakeSource final : public market::CandleSource {
 public:
  absl::StatusOr<std::vector<market::Candle>> Newest(const market::CurrencyPair&,
                                                     market::Timeframe timeframe, size_t count,
                                                     absl::Time as_of,
                                                     const base::CallContext&) override {
    if (!error.ok()) return error;
    std::vector<market::Candle> closed;
    for (const market::Candle& candle : candles) {
      if (market::CloseTime(timeframe, candle.open_time) <= as_of) closed.push_back(candle);
    }
    if (closed.size() > count) closed.erase(closed.begin(), closed.end() - count);
    return closed;
  }
  absl::StatusOr<std::vector<market::Candle>> Range(const market::CurrencyPair&, market::Timeframe,
                                                    absl::Time, absl::Time,
                                                    const base::CallContext&) override {
    return absl::UnimplementedError("not used");
  }

  std::vector<market::Candle> candles;
  absl::Status error;
};

class PredictorTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK(store_.Add(testing::FakeManifest(), {{"model.pt", "program"}}));
    ASSERT_OK(store_.SetActive("eurusd-1h", testing::FakeManifest().version));
    registry_.Refresh();
    candles_ = testing::RandomWalk({.count = 180});
    clock_.Advance(market::CloseTime(kHour, candles_.back().open_time) - clock_.Now());
    source_.candles = candles_;
  }

  Predictor MakePredictor(PredictorOptions options = {}) {
    return Predictor(registry_, &source_, clock_, options);
  }

  PredictRequest Request(std::vector<market::Candle> candles) const {
    PredictRequest request = NoCandles();
    request.candles = std::move(candles);
    return request;
  }
  PredictRequest NoCandles() const {
    return {.request_id = kId, .pair = *market::CurrencyPair::Parse("EUR/USD"), .timeframe = kHour};
  }

  absl::StatusOr<records::Prediction> Predict(const Predictor& predictor, PredictRequest request) {
    absl::StatusOr<PreparedRequest> prepared = predictor.Prepare(std::move(request));
    if (!prepared.ok()) return prepared.status();
    if (prepared->NeedsFetch()) {
      if (absl::Status s = predictor.Fetch(*prepared, {}); !s.ok()) return s;
    }
    auto answers = predictor.Run(absl::MakeSpan(&*prepared, 1));
    if (!answers[0].ok()) return answers[0].status();
    return answers[0]->prediction;
  }

  static constexpr market::Timeframe kHour = market::Timeframe::k1Hour;
  testing::TemporaryFolder folder_;
  model::ModelStore store_{folder_.path()};
  serving::ModelRegistry registry_{
      store_, base::NullLogger(),
      [](const model::ModelStore& store, const std::string& name,
         int64_t version) -> absl::StatusOr<std::shared_ptr<const model::Model>> {
        return std::make_shared<testing::FakeModel>(*store.ReadManifest(name, version));
      }};
  testing::FakeClock clock_;
  FakeSource source_;
  std::vector<market::Candle> candles_;
};

TEST_F(PredictorTest, AnswersFromGivenCandles) {
  const Predictor predictor = MakePredictor();
  ASSERT_OK_AND_ASSIGN(const records::Prediction p, Predict(predictor, Request(candles_)));
  EXPECT_EQ(p.id, kId);
  EXPECT_EQ(p.as_of, market::CloseTime(kHour, candles_.back().open_time));
  EXPECT_EQ(p.valid_until, p.as_of + absl::Hours(8));
  EXPECT_EQ(p.model.version, testing::FakeManifest().version);
  EXPECT_EQ(p.feature_set_hash, features::DefaultFeatureSet().hash());
  EXPECT_THAT(p.probabilities[0].second + p.probabilities[1].second + p.probabilities[2].second,
              DoubleNear(1, 1e-12));
  EXPECT_NE(p.signal, Signal::kHold);
  EXPECT_GT(p.factors.technical, p.factors.pattern) << "more price than time columns";
  EXPECT_THAT(p.factors.technical + p.factors.pattern, DoubleNear(1, 1e-9));
}

TEST_F(PredictorTest, OlderHistoryChangesNoBit) {
  const Predictor predictor = MakePredictor();
  const size_t needed = features::DefaultFeatureSet().CandlesNeeded(4);
  const std::vector<market::Candle> newest(candles_.end() - needed, candles_.end());
  ASSERT_OK_AND_ASSIGN(const records::Prediction all, Predict(predictor, Request(candles_)));
  ASSERT_OK_AND_ASSIGN(const records::Prediction least, Predict(predictor, Request(newest)));
  EXPECT_EQ(all.probabilities, least.probabilities);
  EXPECT_EQ(all.take_profit, least.take_profit);
  EXPECT_EQ(all.market_condition, least.market_condition);
}

// v3.2 needs 199 candles before the first row and, as its exponential means never forget their
// first value, wants 2,100.
TEST_F(PredictorTest, RecursiveFeaturesWantMoreCandlesThanTheyNeed) {
  model::Manifest manifest = testing::FakeManifest("legacy");
  testing::SetFeatureSet(**features::FindFeatureSet("v3.2"), manifest);
  ASSERT_OK(store_.Add(manifest, {{"model.pt", "program"}}));
  ASSERT_OK(store_.SetActive("legacy", manifest.version));
  registry_.Refresh();
  source_.candles = testing::RandomWalk({.count = 2200});
  clock_.Advance(market::CloseTime(kHour, source_.candles.back().open_time) - clock_.Now());
  const Predictor predictor = MakePredictor();
  const auto answer = [&](size_t newest) {
    PredictRequest request = NoCandles();
    request.model.name = "legacy";
    if (newest > 0) request.candles.emplace(source_.candles.end() - newest, source_.candles.end());
    return Predict(predictor, std::move(request));
  };
  const auto is_short = Contains(Field(&base::Warning::code, "SHORT_HISTORY"));
  ASSERT_OK_AND_ASSIGN(const records::Prediction fetched, answer(0));
  EXPECT_THAT(fetched.warnings, Not(is_short));
  ASSERT_OK_AND_ASSIGN(const records::Prediction all, answer(2103));
  EXPECT_THAT(all.warnings, Not(is_short));
  EXPECT_EQ(all.probabilities, fetched.probabilities);
  ASSERT_OK_AND_ASSIGN(const records::Prediction few, answer(203));
  EXPECT_THAT(few.warnings, is_short);
  EXPECT_THAT(answer(202), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("203")));
}

TEST_F(PredictorTest, FetchedCandlesGiveTheAnswerOfTheSameCandlesGiven) {
  const Predictor predictor = MakePredictor();
  ASSERT_OK_AND_ASSIGN(const records::Prediction given, Predict(predictor, Request(candles_)));
  ASSERT_OK_AND_ASSIGN(const records::Prediction fetched, Predict(predictor, NoCandles()));
  EXPECT_EQ(given.probabilities, fetched.probabilities);
  EXPECT_EQ(given.as_of, fetched.as_of);
}

TEST_F(PredictorTest, AsOfLooksAtThePastOnly) {
  const Predictor predictor = MakePredictor();
  PredictRequest request = NoCandles();
  request.as_of = market::CloseTime(kHour, candles_[150].open_time);
  ASSERT_OK_AND_ASSIGN(const records::Prediction p, Predict(predictor, request));
  EXPECT_EQ(p.as_of, *request.as_of);
  EXPECT_THAT(p.warnings, Not(Contains(Field(&base::Warning::code, "STALE_CANDLES"))));
}

TEST_F(PredictorTest, TooFewCandlesSayHowManyAreNeeded) {
  const Predictor predictor = MakePredictor();
  const size_t needed = features::DefaultFeatureSet().CandlesNeeded(4);
  const std::vector<market::Candle> few(candles_.end() - needed + 1, candles_.end());
  const auto given = Predict(predictor, Request(few));
  EXPECT_THAT(given,
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(std::to_string(needed))));
  source_.candles = few;
  EXPECT_THAT(Predict(predictor, NoCandles()),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       ::testing::AllOf(HasSubstr(std::to_string(needed)),
                                        HasSubstr(std::to_string(needed - 1)))));
}

TEST_F(PredictorTest, BadCandlesOfTheBackendAreNotTheCallersFault) {
  source_.candles[170].high = source_.candles[170].low / 2;
  EXPECT_THAT(Predict(MakePredictor(), NoCandles()),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("the backend's candles")));
}

TEST_F(PredictorTest, SourceErrorsPassThrough) {
  source_.error = absl::UnavailableError("the backend does not answer");
  EXPECT_THAT(Predict(MakePredictor(), NoCandles()),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("does not answer")));
}

TEST_F(PredictorTest, StaleCandlesHoldExactlyAfterTheLimit) {
  const Predictor predictor = MakePredictor({.stale_after_bars = 3});
  clock_.Advance(absl::Hours(3));
  ASSERT_OK_AND_ASSIGN(const records::Prediction fresh, Predict(predictor, Request(candles_)));
  EXPECT_EQ(fresh.hold_reason, HoldReason::kNone);
  clock_.Advance(absl::Nanoseconds(1));
  ASSERT_OK_AND_ASSIGN(const records::Prediction stale, Predict(predictor, Request(candles_)));
  EXPECT_EQ(stale.signal, Signal::kHold);
  EXPECT_EQ(stale.hold_reason, HoldReason::kStaleCandles);
  EXPECT_EQ(stale.take_profit, std::nullopt);
}

TEST_F(PredictorTest, TheStalePolicyMayChangeWhileItServes) {
  Predictor predictor = MakePredictor({.stale_after_bars = 3});
  clock_.Advance(absl::Hours(4) + absl::Seconds(1));
  ASSERT_OK_AND_ASSIGN(const records::Prediction held, Predict(predictor, Request(candles_)));
  EXPECT_EQ(held.hold_reason, HoldReason::kStaleCandles);
  predictor.SetStalePolicy(StalePolicy::kHold, 5);
  ASSERT_OK_AND_ASSIGN(const records::Prediction fresh, Predict(predictor, Request(candles_)));
  EXPECT_NE(fresh.hold_reason, HoldReason::kStaleCandles);
  predictor.SetStalePolicy(StalePolicy::kWarn, 3);
  ASSERT_OK_AND_ASSIGN(const records::Prediction warned, Predict(predictor, Request(candles_)));
  EXPECT_NE(warned.hold_reason, HoldReason::kStaleCandles);
}

TEST_F(PredictorTest, StaleCandlesWarnWhereConfiguredSo) {
  const Predictor predictor = MakePredictor({.stale_policy = StalePolicy::kWarn});
  clock_.Advance(absl::Hours(24 * 365 * 8));
  ASSERT_OK_AND_ASSIGN(const records::Prediction p, Predict(predictor, Request(candles_)));
  EXPECT_NE(p.signal, Signal::kHold);
  EXPECT_THAT(p.warnings, Contains(Field(&base::Warning::code, "STALE_CANDLES")));
}

// From the last candle in time to the moment that makes it stale, and a second later: the answer
// follows the clock alone, whatever was prepared before.
TEST_F(PredictorTest, AFeedThatStopsHoldsWithinASecondOfItsLimit) {
  const Predictor predictor = MakePredictor();
  const auto newest_closed = [&] { return Predict(predictor, NoCandles()); };
  clock_.Advance(absl::Hours(3));
  EXPECT_EQ(newest_closed()->hold_reason, HoldReason::kNone);
  clock_.Advance(absl::Seconds(1));
  ASSERT_OK_AND_ASSIGN(const records::Prediction stale, newest_closed());
  EXPECT_EQ(stale.hold_reason, HoldReason::kStaleCandles);
  EXPECT_EQ(stale.stop_loss, std::nullopt);
}

TEST_F(PredictorTest, AnEngagedKillSwitchHoldsFromTheNextDecisionOn) {
  serving::KillSwitches switches(folder_ / "switches", base::NullLogger());
  const Predictor predictor = MakePredictor({.kill_switches = &switches});
  ASSERT_OK_AND_ASSIGN(const records::Prediction before, Predict(predictor, Request(candles_)));
  EXPECT_EQ(before.hold_reason, HoldReason::kNone);
  // Engaged between a request's preparation and its decision.
  ASSERT_OK_AND_ASSIGN(PreparedRequest prepared, predictor.Prepare(Request(candles_)));
  const serving::KillScope euro{.pair = prepared.request.pair};
  ASSERT_OK(switches.Engage({.scope = euro, .reason = "wild spreads", .set_at = clock_.Now()}));
  const auto answers = predictor.Run(absl::MakeSpan(&prepared, 1));
  ASSERT_OK(answers[0]);
  const records::Prediction& held = answers[0]->prediction;
  EXPECT_EQ(held.signal, Signal::kHold);
  EXPECT_EQ(held.hold_reason, HoldReason::kKillSwitch);
  EXPECT_EQ(held.take_profit, std::nullopt);
  EXPECT_EQ(held.position_size, std::nullopt);
  EXPECT_EQ(held.probabilities, before.probabilities);
  EXPECT_THAT(held.warnings, Contains(base::Warning{"KILL_SWITCH", "wild spreads"}));
  ASSERT_OK(switches.Release(euro));
  ASSERT_OK(switches.Engage({.scope = {.model = "another"}, .set_at = clock_.Now()}));
  EXPECT_EQ(Predict(predictor, Request(candles_))->hold_reason, HoldReason::kNone);
  ASSERT_OK(switches.Engage({.scope = {.model = "eurusd-1h"}, .set_at = clock_.Now()}));
  EXPECT_EQ(Predict(predictor, Request(candles_))->hold_reason, HoldReason::kKillSwitch);
}

TEST_F(PredictorTest, AModelHoldsOnceItIsTooOld) {
  const absl::Duration age = clock_.Now() - testing::FakeManifest().trained_until;
  const auto reason = [&](absl::Duration limit) {
    return Predict(MakePredictor({.model_expires_after = limit}), Request(candles_))->hold_reason;
  };
  EXPECT_EQ(reason(absl::ZeroDuration()), HoldReason::kNone) << "0 means never";
  EXPECT_EQ(reason(age + absl::Nanoseconds(1)), HoldReason::kNone);
  EXPECT_EQ(reason(age), HoldReason::kModelExpired);
  ASSERT_OK_AND_ASSIGN(const records::Prediction expired,
                       Predict(MakePredictor({.model_expires_after = age}), Request(candles_)));
  EXPECT_EQ(expired.signal, Signal::kHold);
  EXPECT_THAT(expired.warnings, Contains(Field(&base::Warning::code, "MODEL_EXPIRED")));
}

TEST_F(PredictorTest, AClosedMarketHolds) {
  // The last candle of the week closes at Friday 17:00 New York.
  const absl::Time friday = Time("2018-06-15T21:00:00Z");
  while (market::CloseTime(kHour, candles_.back().open_time) > friday) candles_.pop_back();
  ASSERT_EQ(market::CloseTime(kHour, candles_.back().open_time), friday);
  clock_.Advance(friday + absl::Hours(20) - clock_.Now());
  ASSERT_OK_AND_ASSIGN(const records::Prediction p, Predict(MakePredictor(), Request(candles_)));
  EXPECT_EQ(p.hold_reason, HoldReason::kMarketClosed);
}

TEST_F(PredictorTest, OneItemsFailureLeavesTheOthersAloneAndBatchingChangesNothing) {
  const Predictor predictor = MakePredictor();
  std::vector<PreparedRequest> items;
  for (int drop : {0, 10, 20}) {
    std::vector<market::Candle> candles(candles_.begin(), candles_.end() - drop);
    PredictRequest request = Request(candles);
    request.as_of = market::CloseTime(kHour, candles.back().open_time);
    ASSERT_OK_AND_ASSIGN(PreparedRequest prepared, predictor.Prepare(request));
    items.push_back(std::move(prepared));
  }
  items[1].candles_wanted = 10;  // fewer than the features' memory
  std::vector<PreparedRequest> alone = {items[2]};
  const auto answers = predictor.Run(absl::MakeSpan(items));
  const auto single = predictor.Run(absl::MakeSpan(alone));
  EXPECT_OK(answers[0]);
  EXPECT_FALSE(answers[1].ok());
  ASSERT_OK(answers[2]);
  EXPECT_EQ(answers[2]->prediction.probabilities, single[0]->prediction.probabilities);
}

TEST_F(PredictorTest, ListenersHearOnlyOfWhatACallerGets) {
  class Counter final : public PredictionListener {
   public:
    void OnPrediction(const PreparedRequest&, const DecisionPolicy&, absl::Span<const float>,
                      const records::Prediction&) override {
      ++count;
    }
    int count = 0;
  } listener;
  const Predictor predictor = MakePredictor({.listener = &listener});
  const absl::Time as_of = market::CloseTime(kHour, candles_.back().open_time);
  for (const auto& [answers_from, heard] :
       {std::pair{absl::InfinitePast(), 1}, {as_of, 2}, {as_of + absl::Nanoseconds(1), 2}}) {
    PredictRequest request = Request(candles_);
    request.answers_from = answers_from;
    ASSERT_OK(Predict(predictor, request));
    EXPECT_EQ(listener.count, heard);
  }
  ASSERT_OK_AND_ASSIGN(PreparedRequest nobodys, predictor.Prepare(Request(candles_)));
  nobodys.answers_nobody = true;
  EXPECT_OK(predictor.Run(absl::MakeSpan(&nobodys, 1))[0]);
  EXPECT_EQ(listener.count, 2);
}

TEST_F(PredictorTest, AnotherPairsModelIsNamedInAWarning) {
  PredictRequest request = Request(candles_);
  request.pair = *market::CurrencyPair::Parse("GBP/USD");
  request.model.name = "eurusd-1h";
  ASSERT_OK_AND_ASSIGN(const records::Prediction p, Predict(MakePredictor(), request));
  EXPECT_THAT(p.warnings, Contains(Field(&base::Warning::code, "MODEL_OF_ANOTHER_SERIES")));
}

TEST_F(PredictorTest, BadRiskOptionsNameTheFieldAndTheValue) {
  PredictRequest request = Request(candles_);
  request.risk.risk_percent = 101;
  request.risk.min_reward_ratio = -1;
  const auto answer = Predict(MakePredictor(), request);
  EXPECT_THAT(base::ViolationsOf(answer.status()), ::testing::SizeIs(2));
  EXPECT_THAT(answer, StatusIs(absl::StatusCode::kInvalidArgument,
                               HasSubstr("risk.min_risk_reward_ratio -1")));
}

TEST_F(PredictorTest, WithoutABackendCandlesMustBeGiven) {
  const Predictor predictor(registry_, nullptr, clock_, {});
  EXPECT_OK(Predict(predictor, Request(candles_)));
  EXPECT_THAT(Predict(predictor, NoCandles()),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("candles are missing")));
}

}  // namespace
}  // namespace aifx::pipeline
