#include "core/journal/prediction_counts.h"

#include "tests/unit/core/journal/journal_fixture.h"

namespace aifx::journal {
namespace {

using PredictionCountsTest = JournalFixture;

TEST_F(PredictionCountsTest, CountsByVersionAndHandsOn) {
  EntryKeeper keeper;
  PredictionCounts counts(&keeper);
  pipeline::PredictorOptions options;
  options.listener = &counts;
  model_->bias = 5;
  const records::Prediction buy = Predict(options);
  ASSERT_EQ(buy.signal, records::Signal::kBuy);
  ASSERT_GT(buy.confidence, 0.9);
  Predict(options);
  const auto stats = counts.Stats();
  ASSERT_EQ(stats.size(), 1u);
  const auto& [key, version] = *stats.begin();
  EXPECT_EQ(key, PredictionCounts::Key("eurusd-1h", testing::FakeManifest().version));
  EXPECT_EQ(version.signals[static_cast<size_t>(records::Signal::kBuy)], 2);
  EXPECT_EQ(version.signals[static_cast<size_t>(records::Signal::kSell)], 0);
  EXPECT_EQ(version.confidence[7], 2);
  EXPECT_DOUBLE_EQ(version.confidence_sum, 2 * buy.confidence);
  EXPECT_EQ(keeper.entries.size(), 2u);
}

TEST_F(PredictionCountsTest, AnOldVersionMakesRoomForANewOne) {
  EntryKeeper keeper;
  pipeline::PredictorOptions options;
  options.listener = &keeper;
  records::Prediction prediction = Predict(options);
  ASSERT_OK_AND_ASSIGN(const auto item, PreparedOf(keeper.entries.at(0), model_));
  PredictionCounts counts(nullptr);
  constexpr auto kMax = static_cast<int64_t>(PredictionCounts::kMaxVersions);
  for (int64_t version = 1; version <= kMax + 5; ++version) {
    prediction.model.version = version;
    counts.OnPrediction(item, {}, {}, prediction);
  }
  const auto stats = counts.Stats();
  EXPECT_EQ(stats.size(), PredictionCounts::kMaxVersions);
  EXPECT_FALSE(stats.contains({"eurusd-1h", 5}));
  EXPECT_TRUE(stats.contains({"eurusd-1h", 6}));
}

}  // namespace
}  // namespace aifx::journal
