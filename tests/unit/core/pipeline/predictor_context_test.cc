// Predictions by a model whose feature set uses other pairs.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "core/base/violation.h"
#include "core/pipeline/predictor.h"
#include "tests/support/candles.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_model.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_folder.h"

namespace aifx::pipeline {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::StatusIs;

constexpr market::Timeframe kHour = market::Timeframe::k1Hour;

market::CurrencyPair Pair(const std::string& name) { return *market::CurrencyPair::Parse(name); }

// Serves the candles of several pairs, and remembers what was asked for.
class PairSource final : public market::CandleSource {
 public:
  absl::StatusOr<std::vector<market::Candle>> Newest(const market::CurrencyPair& pair,
                                                     market::Timeframe, size_t count,
                                                     absl::Time as_of,
                                                     const base::CallContext&) override {
    std::vector<market::Candle> closed;
    for (const market::Candle& candle : candles[pair]) {
      if (market::CloseTime(kHour, candle.open_time) <= as_of) closed.push_back(candle);
    }
    if (closed.size() > count) closed.erase(closed.begin(), closed.end() - count);
    return closed;
  }
  absl::StatusOr<std::vector<market::Candle>> Range(const market::CurrencyPair& pair,
                                                    market::Timeframe, absl::Time start,
                                                    absl::Time end,
                                                    const base::CallContext&) override {
    ranges.push_back(pair.ToString());
    std::vector<market::Candle> found;
    for (const market::Candle& candle : candles[pair]) {
      if (candle.open_time >= start && candle.open_time < end) found.push_back(candle);
    }
    return found;
  }

  std::map<market::CurrencyPair, std::vector<market::Candle>> candles;
  std::vector<std::string> ranges;
};

class PredictorContextTest : public ::testing::Test {
 protected:
  // Makes a model of that set the active one.
  void Use(const std::string& feature_set, int64_t version) {
    model::Manifest manifest = testing::FakeManifest("eurusd-1h", version);
    testing::SetFeatureSet(**features::FindFeatureSet(feature_set), manifest);
    ASSERT_OK(store_.Add(manifest, {{"model.pt", "program"}}));
    ASSERT_OK(store_.SetActive("eurusd-1h", manifest.version));
    registry_.Refresh();
  }

  void SetUp() override {
    Use("stationary-v2", 20180612100000);
    uint64_t seed = 1;
    for (const char* name : {"EUR/USD", "GBP/USD", "USD/JPY", "AUD/USD"}) {
      source_.candles[Pair(name)] = testing::RandomWalk({.seed = seed++, .count = 180});
    }
    const absl::Time last = source_.candles[Pair("EUR/USD")].back().open_time;
    clock_.Advance(market::CloseTime(kHour, last) - clock_.Now());
  }

  PredictRequest Request(bool with_candles, const std::vector<std::string>& context = {}) {
    PredictRequest request{.request_id = "0b8f2d7e-54a9-4c3e-9d55-2f6a0c1b7e11",
                           .pair = Pair("EUR/USD"),
                           .timeframe = kHour};
    if (with_candles) request.candles = source_.candles[request.pair];
    for (const std::string& name : context) {
      request.context.push_back({Pair(name), source_.candles[Pair(name)]});
    }
    return request;
  }

  absl::StatusOr<records::Prediction> Predict(PredictRequest request) {
    const Predictor predictor(registry_, &source_, clock_, {});
    absl::StatusOr<PreparedRequest> prepared = predictor.Prepare(std::move(request));
    if (!prepared.ok()) return prepared.status();
    if (prepared->NeedsFetch()) {
      if (absl::Status s = predictor.Fetch(*prepared, {}); !s.ok()) return s;
    }
    auto answers = predictor.Run(absl::MakeSpan(&*prepared, 1));
    if (!answers[0].ok()) return answers[0].status();
    return answers[0]->prediction;
  }

  const std::vector<std::string> kAll = {"AUD/USD", "GBP/USD", "USD/JPY"};
  testing::TemporaryFolder folder_;
  model::ModelStore store_{folder_.path()};
  serving::ModelRegistry registry_{
      store_, base::NullLogger(),
      [](const model::ModelStore& store, const std::string& name,
         int64_t version) -> absl::StatusOr<std::shared_ptr<const model::Model>> {
        return std::make_shared<testing::FakeModel>(*store.ReadManifest(name, version));
      }};
  testing::FakeClock clock_;
  PairSource source_;
};

TEST_F(PredictorContextTest, GivenAndFetchedContextGiveTheSameBits) {
  ASSERT_OK_AND_ASSIGN(const records::Prediction given, Predict(Request(true, kAll)));
  EXPECT_THAT(source_.ranges, IsEmpty());
  ASSERT_OK_AND_ASSIGN(const records::Prediction fetched, Predict(Request(false)));
  EXPECT_THAT(source_.ranges, ElementsAre("GBP/USD", "USD/JPY", "AUD/USD"));
  EXPECT_EQ(given.probabilities, fetched.probabilities);
  EXPECT_THAT(fetched.warnings, IsEmpty());
  // It is looked at: another history of one pair, another answer.
  source_.candles[Pair("USD/JPY")] = testing::RandomWalk({.seed = 99, .count = 180});
  ASSERT_OK_AND_ASSIGN(const records::Prediction other, Predict(Request(false)));
  EXPECT_NE(other.probabilities, fetched.probabilities);
}

TEST_F(PredictorContextTest, WhatIsGivenIsNotFetched) {
  ASSERT_OK_AND_ASSIGN(const records::Prediction p, Predict(Request(false, {"USD/JPY"})));
  EXPECT_THAT(source_.ranges, ElementsAre("GBP/USD", "AUD/USD"));
  ASSERT_OK_AND_ASSIGN(const records::Prediction fetched, Predict(Request(false)));
  EXPECT_EQ(p.probabilities, fetched.probabilities);
}

// A request's context may hold candles that closed after those of the series.
TEST_F(PredictorContextTest, NewerContextChangesNoBit) {
  PredictRequest request = Request(true, kAll);
  request.candles->resize(150);
  const absl::Time last = request.candles->back().open_time;
  const Predictor predictor(registry_, &source_, clock_, {});
  ASSERT_OK_AND_ASSIGN(const records::Prediction ahead, Predict(request));
  for (features::OwnedContextSeries& series : request.context) {
    while (series.candles.back().open_time > last) series.candles.pop_back();
  }
  ASSERT_OK_AND_ASSIGN(const records::Prediction level, Predict(request));
  EXPECT_EQ(ahead.probabilities, level.probabilities);
}

TEST_F(PredictorContextTest, MissingContextNamesThePairs) {
  const auto missing = Predict(Request(true, {"GBP/USD"}));
  EXPECT_THAT(missing, StatusIs(absl::StatusCode::kFailedPrecondition,
                                AllOf(HasSubstr("stationary-v2"), HasSubstr("USD/JPY, AUD/USD"),
                                      HasSubstr("context_series"))));
  EXPECT_EQ(base::ReasonOf(missing.status()), "CONTEXT_MISSING");
  source_.candles.erase(Pair("AUD/USD"));  // the backend has none
  const auto fetched = Predict(Request(false));
  EXPECT_THAT(fetched, StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("AUD/USD")));
  EXPECT_EQ(base::ReasonOf(fetched.status()), "CONTEXT_MISSING");
}

TEST_F(PredictorContextTest, BadContextIsAViolationWithItsPath) {
  PredictRequest request = Request(true, kAll);
  request.context[1].candles[7].high = 0.5;
  const auto refused = Predict(request);
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("GBP/USD")));
  EXPECT_THAT(
      base::ViolationsOf(refused.status()),
      Contains(Field(&base::FieldViolation::field, "context_series[1].series.candles[7].high")));
  request = Request(true, kAll);
  request.context[2].candles.back().open_time += absl::Hours(1);  // in progress
  EXPECT_THAT(Predict(request), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("USD/JPY")));
  source_.candles[Pair("GBP/USD")][170].low = 9;
  const auto fetched = Predict(Request(false));
  EXPECT_THAT(fetched, StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("GBP/USD")));
  EXPECT_EQ(base::ReasonOf(fetched.status()), "BACKEND_CANDLES_INVALID");
}

// raw-ohlcv: each window is scaled by itself, so that another level and scale of every column
// leaves the answer as it was, but for the 1e-8 beside the deviation.
TEST_F(PredictorContextTest, WindowsAreScaledAsTheSetSays) {
  Use("raw-ohlcv", 20180612100001);
  auto& candles = source_.candles[Pair("EUR/USD")];
  for (size_t i = 0; i < candles.size(); ++i) candles[i].volume = static_cast<double>(i % 50);
  ASSERT_OK_AND_ASSIGN(const records::Prediction before, Predict(Request(true)));
  for (market::Candle& candle : candles) {
    for (double* price : {&candle.open, &candle.high, &candle.low, &candle.close}) *price *= 100;
    candle.volume = *candle.volume * 3 + 1000;
  }
  ASSERT_OK_AND_ASSIGN(const records::Prediction after, Predict(Request(true)));
  EXPECT_NE(before.probabilities[0].second, before.probabilities[2].second);
  for (size_t c = 0; c < before.probabilities.size(); ++c) {
    EXPECT_NEAR(after.probabilities[c].second, before.probabilities[c].second, 1e-4);
  }
}

TEST_F(PredictorContextTest, WarnsOfContextThatIsBehindOrNotUsed) {
  source_.candles[Pair("GBP/USD")].pop_back();
  source_.candles[Pair("EUR/GBP")] = source_.candles[Pair("EUR/USD")];
  std::vector<std::string> given = kAll;
  given.push_back("EUR/GBP");
  ASSERT_OK_AND_ASSIGN(const records::Prediction p, Predict(Request(true, given)));
  EXPECT_THAT(p.warnings, ElementsAre(AllOf(Field(&base::Warning::code, "CONTEXT_SERIES_NOT_USED"),
                                            Field(&base::Warning::text, HasSubstr("EUR/GBP"))),
                                      AllOf(Field(&base::Warning::code, "CONTEXT_BEHIND"),
                                            Field(&base::Warning::text, HasSubstr("GBP/USD")))));
}

}  // namespace
}  // namespace aifx::pipeline
