#include "core/pipeline/prediction_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/candles.h"
#include "tests/support/fake_model.h"

namespace aifx::pipeline {
namespace {

using ModelPtr = std::shared_ptr<const model::Model>;

ModelPtr MakeModel(int64_t version = 20180612100000) {
  return std::make_shared<testing::FakeModel>(testing::FakeManifest("eurusd-1h", version));
}

OutputKey Key(const ModelPtr& model, uint64_t window) { return {model.get(), {window, 1}}; }

TEST(PredictionCacheTest, ForgetsTheWindowThatWasUsedLeastRecently) {
  PredictionCache cache({.max_entries = 2});
  const ModelPtr model = MakeModel();
  cache.Store(Key(model, 1), model, {1});
  cache.Store(Key(model, 2), model, {2});
  EXPECT_EQ(cache.Find(Key(model, 1), model), Logits({1}));
  cache.Store(Key(model, 3), model, {3});
  EXPECT_EQ(cache.Find(Key(model, 2), model), std::nullopt);
  EXPECT_EQ(cache.Find(Key(model, 1), model), Logits({1}));
  EXPECT_EQ(cache.Find(Key(model, 3), model), Logits({3}));
  const PredictionCacheStats stats = cache.Stats();
  EXPECT_EQ(stats.entries, 2u);
  EXPECT_EQ(stats.hits, 3);
  EXPECT_EQ(stats.misses, 1);
  EXPECT_EQ(stats.evictions, 1);
}

TEST(PredictionCacheTest, IsBoundedInBytesToo) {
  PredictionCache cache({.max_entries = 1000, .max_bytes = 10'000});
  const ModelPtr model = MakeModel();
  for (uint64_t i = 0; i < 100; ++i) cache.Store(Key(model, i), model, {1, 2, 3});
  const PredictionCacheStats stats = cache.Stats();
  EXPECT_LE(stats.bytes, 10'000u);
  EXPECT_GT(stats.entries, 10u);
  EXPECT_EQ(stats.entries + static_cast<size_t>(stats.evictions), 100u);
}

TEST(PredictionCacheTest, AModelAtTheAddressOfAnotherFindsNothing) {
  PredictionCache cache({});
  const ModelPtr model = MakeModel();
  cache.Store(Key(model, 1), model, {1});
  const ModelPtr same_address(std::make_shared<int>(), model.get());
  EXPECT_EQ(cache.Find(Key(same_address, 1), same_address), std::nullopt);
  cache.Store(Key(same_address, 1), same_address, {2});
  EXPECT_EQ(cache.Find(Key(same_address, 1), same_address), Logits({2}));
  EXPECT_EQ(cache.Stats().entries, 1u);
}

TEST(PredictionCacheTest, ASwapEmptiesTheOldVersionAndWhatIsGone) {
  PredictionCache cache({});
  const ModelPtr old = MakeModel(20180612100000), current = MakeModel(20180613100000);
  ModelPtr gone = MakeModel(20180611100000);
  for (const ModelPtr& model : {old, current, gone}) cache.Store(Key(model, 1), model, {1});
  gone.reset();
  cache.EvictVersion("eurusd-1h", 20180612100000);
  EXPECT_EQ(cache.Stats().entries, 1u);
  EXPECT_TRUE(cache.Find(Key(current, 1), current).has_value());
}

TEST(WindowHashTest, EveryValueCounts) {
  const std::vector<market::Candle> candles = testing::RandomWalk({.count = 20});
  const WindowHash hash = HashWindow(candles, 1);
  EXPECT_EQ(HashWindow(candles, 1), hash);
  EXPECT_NE(HashWindow(candles, 2), hash);
  EXPECT_NE(HashWindow(absl::MakeConstSpan(candles).subspan(1), 1), hash);
  const auto changed = [&](const std::function<void(market::Candle&)>& change) {
    std::vector<market::Candle> other = candles;
    change(other[7]);
    return HashWindow(other, 1);
  };
  EXPECT_NE(changed([](auto& c) { c.open_time += absl::Hours(1); }), hash);
  EXPECT_NE(changed([](auto& c) { c.open += 1e-9; }), hash);
  EXPECT_NE(changed([](auto& c) { c.high += 1e-9; }), hash);
  EXPECT_NE(changed([](auto& c) { c.low += 1e-9; }), hash);
  EXPECT_NE(changed([](auto& c) { c.close += 1e-9; }), hash);
  EXPECT_NE(changed([](auto& c) { c.volume = 12345; }), hash);
  EXPECT_NE(changed([](auto& c) { c.spread_pips = 12345; }), hash);
  EXPECT_NE(changed([](auto& c) { c.volume = std::nullopt; }),
            changed([](auto& c) { c.volume = 0; }));
}

}  // namespace
}  // namespace aifx::pipeline
