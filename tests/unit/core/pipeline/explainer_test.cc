#include "core/pipeline/explainer.h"

#include <cmath>
#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/candles.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_model.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_folder.h"

namespace aifx::pipeline {
namespace {

using ::aifx::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::Ne;

// A model of a runtime without gradients.
class PlainModel final : public model::Model {
 public:
  const model::Manifest& manifest() const override { return model_.manifest(); }
  const std::string& kernel() const override { return model_.kernel(); }
  absl::Status Run(const model::WindowBatch& windows, absl::Span<float> logits) const override {
    return model_.Run(windows, logits);
  }

 private:
  testing::FakeModel model_{testing::FakeManifest()};
};

// The fake model with a larger logit for the first class.
class SellingModel final : public model::Model {
 public:
  static constexpr float kTilt = 9;

  const model::Manifest& manifest() const override { return model_.manifest(); }
  const std::string& kernel() const override { return model_.kernel(); }
  absl::Status Run(const model::WindowBatch& windows, absl::Span<float> logits) const override {
    const absl::Status status = model_.Run(windows, logits);
    for (size_t row = 0; row < windows.batch; ++row) logits[row * 3] += kTilt;
    return status;
  }
  absl::Status Gradient(const model::WindowBatch& windows, absl::Span<const float> direction,
                        absl::Span<float> outputs, absl::Span<float> gradients) const override {
    const absl::Status status = model_.Gradient(windows, direction, outputs, gradients);
    for (float& output : outputs) output += direction[0] * kTilt;
    return status;
  }

 private:
  testing::FakeModel model_{testing::FakeManifest()};
};

std::shared_ptr<const model::Model> BuyingModel() {
  auto model = std::make_shared<testing::FakeModel>(testing::FakeManifest());
  model->bias = 9;
  return model;
}

class ExplainerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK(store_.Add(testing::FakeManifest(), {{"model.pt", "program"}}));
    ASSERT_OK(store_.SetActive("eurusd-1h", testing::FakeManifest().version));
    candles_ = testing::RandomWalk({.count = 180});
    const absl::Time close =
        market::CloseTime(market::Timeframe::k1Hour, candles_.back().open_time);
    clock_.Advance(close - clock_.Now());
  }

  absl::StatusOr<Explanation> Explain() {
    registry_.Refresh();
    PredictRequest request{.request_id = "0b8f2d7e-54a9-4c3e-9d55-2f6a0c1b7e11",
                           .pair = *market::CurrencyPair::Parse("EUR/USD"),
                           .timeframe = market::Timeframe::k1Hour};
    request.candles = candles_;
    absl::StatusOr<PreparedRequest> prepared = predictor_.Prepare(std::move(request));
    if (!prepared.ok()) return prepared.status();
    const auto run = Explainer(predictor_).Start(*std::move(prepared), 24);
    while (true) {
      const absl::StatusOr<bool> more = run->Advance();
      if (!more.ok()) return more.status();
      if (!*more) return run->Take();
    }
  }

  std::shared_ptr<const model::Model> model_ = BuyingModel();
  testing::TemporaryFolder folder_;
  model::ModelStore store_{folder_.path()};
  serving::ModelRegistry registry_{
      store_, base::NullLogger(),
      [this](const model::ModelStore&, const std::string&,
             int64_t) -> absl::StatusOr<std::shared_ptr<const model::Model>> { return model_; }};
  testing::FakeClock clock_;
  Predictor predictor_{registry_, nullptr, clock_, {}};
  std::vector<market::Candle> candles_;
};

TEST_F(ExplainerTest, TheAttributionsOfALinearModelSumToItsOutput) {
  ASSERT_OK_AND_ASSIGN(const Explanation explanation, Explain());
  EXPECT_EQ(explanation.answer.prediction.signal, records::Signal::kBuy);
  EXPECT_EQ(explanation.output, "buy - sell");
  EXPECT_FLOAT_EQ(explanation.attributions.baseline_value, 9);
  EXPECT_THAT(explanation.attributions.output_value, Ne(9));
  EXPECT_NEAR(explanation.attributions.residual, 0, 1e-5);
  EXPECT_EQ(explanation.attributions.values.size(), 4 * explanation.feature_set->columns().size());
}

TEST_F(ExplainerTest, ASellIsExplainedTheOtherWayRound) {
  model_ = std::make_shared<SellingModel>();
  ASSERT_OK_AND_ASSIGN(const Explanation explanation, Explain());
  EXPECT_EQ(explanation.answer.prediction.signal, records::Signal::kSell);
  EXPECT_EQ(explanation.output, "sell - buy");
  EXPECT_FLOAT_EQ(explanation.attributions.baseline_value, 9);
}

TEST_F(ExplainerTest, TheFactorsAreThoseOfThisPrediction) {
  ASSERT_OK_AND_ASSIGN(const Explanation explanation, Explain());
  const std::vector<features::Column>& columns = explanation.feature_set->columns();
  double time = 0, all = 0;
  for (size_t i = 0; i < explanation.attributions.values.size(); ++i) {
    const double part = std::abs(explanation.attributions.values[i]);
    all += part;
    if (columns[i % columns.size()].kind == features::ColumnKind::kTime) time += part;
  }
  EXPECT_NEAR(explanation.answer.prediction.factors.pattern, time / all, 1e-12);
  EXPECT_EQ(explanation.answer.prediction.factors.sentiment, 0.5);  // no macro columns
}

TEST_F(ExplainerTest, SaysWhereTheRuntimeHasNoGradients) {
  model_ = std::make_shared<PlainModel>();
  EXPECT_THAT(Explain(),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("has no gradients")));
}

}  // namespace
}  // namespace aifx::pipeline
