#ifndef AIFX_TESTS_UNIT_CORE_JOURNAL_JOURNAL_FIXTURE_H_
#define AIFX_TESTS_UNIT_CORE_JOURNAL_JOURNAL_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/journal/entry.h"
#include "core/pipeline/predictor.h"
#include "tests/support/candles.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_model.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_folder.h"

namespace aifx::journal {

// Keeps the entry of the newest prediction, without a file.
class EntryKeeper final : public pipeline::PredictionListener {
 public:
  void OnPrediction(const pipeline::PreparedRequest& item, const pipeline::DecisionPolicy& policy,
                    absl::Span<const float> logits,
                    const records::Prediction& prediction) override {
    entries.push_back(EntryOf(item, UsedContext(item), policy, logits, prediction,
                              item.now + absl::Nanoseconds(7)));
    entries.back().window = *WindowOf(item);
  }
  std::vector<JournalEntry> entries;
};

// Predictions of a model without LibTorch, at the close of the newest candle of a random walk.
class JournalFixture : public ::testing::Test {
 protected:
  static constexpr char kId[] = "0b8f2d7e-54a9-4c3e-9d55-2f6a0c1b7e11";
  static constexpr market::Timeframe kHour = market::Timeframe::k1Hour;

  void SetUp() override {
    ASSERT_OK(store_.Add(testing::FakeManifest(), {{"model.pt", "program"}}));
    ASSERT_OK(store_.SetActive("eurusd-1h", testing::FakeManifest().version));
    registry_.Refresh();
    candles_ = testing::RandomWalk({.count = 400});
    candles_.back().volume.reset();
    clock_.Advance(market::CloseTime(kHour, candles_.back().open_time) - clock_.Now());
  }

  // Decides a request with that listener.
  records::Prediction Predict(pipeline::PredictorOptions options, const std::string& id = kId,
                              bool submitted = false) {
    const pipeline::Predictor predictor(registry_, nullptr, clock_, options);
    pipeline::PredictRequest request{
        .request_id = id, .pair = *market::CurrencyPair::Parse("EUR/USD"), .timeframe = kHour};
    request.candles = candles_;
    request.submitted = submitted;
    auto prepared = predictor.Prepare(std::move(request));
    EXPECT_OK(prepared);
    auto answers = predictor.Run(absl::MakeSpan(&*prepared, 1));
    EXPECT_OK(answers[0]);
    return answers[0]->prediction;
  }

  // The entry of one prediction.
  JournalEntry Entry(pipeline::PredictorOptions options = {}) {
    EntryKeeper keeper;
    options.listener = &keeper;
    Predict(options);
    return keeper.entries.at(0);
  }

  std::shared_ptr<testing::FakeModel> model_ =
      std::make_shared<testing::FakeModel>(testing::FakeManifest());
  testing::TemporaryFolder folder_;
  model::ModelStore store_{folder_ / "models"};
  serving::ModelRegistry registry_{
      store_, base::NullLogger(),
      [this](const model::ModelStore&, const std::string&,
             int64_t) -> absl::StatusOr<std::shared_ptr<const model::Model>> { return model_; }};
  testing::FakeClock clock_;
  std::vector<market::Candle> candles_;
};

}  // namespace aifx::journal

#endif  // AIFX_TESTS_UNIT_CORE_JOURNAL_JOURNAL_FIXTURE_H_
