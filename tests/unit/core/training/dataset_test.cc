#include "core/training/dataset.h"

#include <random>

#include "core/features/window_scaling.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/candles.h"
#include "tests/support/status_matchers.h"

namespace aifx::training {
namespace {

TEST(DatasetTest, WindowsEndAtTheirCandle) {
  const std::vector<market::Candle> candles = testing::RandomWalk({.seed = 3, .count = 200});
  const features::FeatureSet& set = features::DefaultFeatureSet();
  const auto labels = MakeLabels(candles, {model::Label::kTripleBarrier, 5, 1.0});
  ASSERT_OK_AND_ASSIGN(const Dataset data, Dataset::Make(candles, set, labels, 7));
  ASSERT_FALSE(data.samples().empty());
  EXPECT_EQ(data.samples().front().candle, set.CandlesNeeded(7) - 1);
  EXPECT_EQ(data.samples().back().candle, candles.size() - 6);
  for (const Sample& sample : data.samples()) {
    // The window is what the serving side computes from the candles up to this one alone.
    features::FeatureMatrix served;
    const size_t needed = set.CandlesNeeded(7);
    ASSERT_OK(set.Build(absl::MakeConstSpan(candles).subspan(sample.candle + 1 - needed, needed),
                        served));
    const absl::Span<const float> window = data.Window(sample.candle);
    ASSERT_EQ(window.size(), served.values.size());
    for (size_t i = 0; i < window.size(); ++i) {
      ASSERT_EQ(window[i], static_cast<float>(served.values[i]));
    }
  }
}

// raw-ohlcv: each window is scaled by itself, as it is in serving.
TEST(DatasetTest, WindowsAreScaledAsTheSetSays) {
  const std::vector<market::Candle> candles = testing::RandomWalk({.seed = 4, .count = 120});
  const features::FeatureSet& set = **features::FindFeatureSet("raw-ohlcv");
  ASSERT_EQ(set.window_scaling(), features::WindowScaling::kZScore);
  const auto labels = MakeLabels(candles, {model::Label::kTripleBarrier, 5, 1.0});
  ASSERT_OK_AND_ASSIGN(const Dataset data, Dataset::Make(candles, set, labels, 60));
  ASSERT_FALSE(data.samples().empty());
  for (const Sample& sample : data.samples()) {
    features::FeatureMatrix served;
    ASSERT_OK(set.Build(absl::MakeConstSpan(candles).subspan(sample.candle - 59, 60), served));
    features::ScaleWindow(set.window_scaling(), 5, absl::MakeSpan(served.values));
    const absl::Span<const float> window = data.Window(sample.candle);
    ASSERT_EQ(window.size(), served.values.size());
    for (size_t i = 0; i < window.size(); ++i) {
      ASSERT_EQ(window[i], static_cast<float>(served.values[i]));
    }
    EXPECT_EQ(data.NewestRow(sample.candle), served.Row(59));
  }
}

TEST(DatasetTest, UnscaledWindowsEndWithTheirRow) {
  const std::vector<market::Candle> candles = testing::RandomWalk({.seed = 4, .count = 120});
  const features::FeatureSet& set = features::DefaultFeatureSet();
  const auto labels = MakeLabels(candles, {model::Label::kTripleBarrier, 5, 1.0});
  ASSERT_OK_AND_ASSIGN(const Dataset data, Dataset::Make(candles, set, labels, 7));
  for (const Sample& sample : data.samples()) {
    EXPECT_EQ(data.NewestRow(sample.candle), data.matrix().Row(data.RowOf(sample.candle)));
  }
}

// Whatever the ends of the labels: no answer of a slice may be known only inside a later slice.
TEST(SplitTest, NoLabelReachesIntoTheNextSlice) {
  std::mt19937 random(5);
  for (int trial = 0; trial < 50; ++trial) {
    std::vector<Sample> samples;
    for (size_t t = 100; t < 700; ++t) {
      if (random() % 5 != 0) samples.push_back({t, 0, t + 1 + random() % 40});
    }
    const TimeSplit split = SplitByTime(samples);
    const std::vector<const std::vector<Sample>*> slices = {&split.fit, &split.stop,
                                                            &split.calibration, &split.gate};
    size_t kept = 0;
    for (size_t s = 0; s < slices.size(); ++s) {
      ASSERT_FALSE(slices[s]->empty());
      kept += slices[s]->size();
      if (s + 1 == slices.size()) break;
      for (const Sample& sample : *slices[s]) {
        EXPECT_LT(sample.end, slices[s + 1]->front().candle);
        EXPECT_LT(sample.candle, slices[s + 1]->front().candle);
      }
    }
    EXPECT_EQ(kept + split.purged, samples.size());
    EXPECT_GT(split.purged, 0u);
    EXPECT_LT(split.purged, 3u * 40);  // only near the cuts
  }
}

TEST(SplitTest, NothingGivesNothing) {
  const TimeSplit split = SplitByTime({});
  EXPECT_TRUE(split.fit.empty() && split.gate.empty());
  EXPECT_EQ(split.purged, 0u);
}

}  // namespace
}  // namespace aifx::training
