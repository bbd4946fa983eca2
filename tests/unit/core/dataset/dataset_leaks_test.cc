// What a data set must not know: anything after a row's own time, and anything of the test part in
// what was learned.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#include "core/dataset/dataset.h"
#include "core/features/owned_context.h"
#include "core/features/registry.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/dataset/dataset_fixture.h"

namespace aifx::dataset {
namespace {

using ::aifx::testing::Time;

struct Everything {
  std::vector<market::Candle> candles = SmallCandles();
  std::vector<macro::FundamentalRecord> records = SmallRecords();
  std::vector<macro::EconomicEvent> events = SmallEvents();
  std::vector<features::OwnedContextSeries> context;
};

// With candles of the pairs that the set uses too: a walk of its own for each.
Everything WithContextOf(const DatasetSpec& spec) {
  Everything inputs;
  uint64_t seed = 20;
  for (const market::CurrencyPair& pair : spec.set->ContextPairs(spec.pair)) {
    const auto walk = testing::RandomWalk({.seed = ++seed, .count = inputs.candles.size()});
    inputs.context.push_back({pair, walk});
  }
  return inputs;
}

Dataset Build(const Everything& inputs, const DatasetSpec& spec = SmallSpec()) {
  const auto fundamentals = macro::FundamentalFeatures::Create(spec.pair, inputs.records).value();
  const auto events = macro::EventFeatures::Create(spec.pair, inputs.events).value();
  const std::vector<features::ContextSeries> context = features::ViewsOf(inputs.context);
  return Dataset::Build(spec, {.candles = inputs.candles,
                               .context = context,
                               .fundamentals = &fundamentals,
                               .events = &events})
      .value();
}

bool SameBits(absl::Span<const double> a, absl::Span<const double> b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

// Rows up to `until` are the same to the last bit, in both data sets, and at least `least` of them.
void ExpectSameUpTo(const Dataset& a, const Dataset& b, absl::Time until, size_t least) {
  size_t same = 0;
  for (size_t i = 0; i < std::min(a.rows().size(), b.rows().size()); ++i, ++same) {
    if (a.rows()[i].as_of > until) break;
    SCOPED_TRACE(absl::FormatTime(a.rows()[i].as_of));
    ASSERT_EQ(a.rows()[i].as_of, b.rows()[i].as_of);
    std::vector<float> scratch, other_scratch;
    const auto window = a.Window(a.rows()[i], scratch);
    const auto other = b.Window(b.rows()[i], other_scratch);
    ASSERT_EQ(std::memcmp(window.data(), other.data(), window.size() * sizeof(float)), 0);
    ASSERT_TRUE(SameBits(a.fundamental().Row(i), b.fundamental().Row(i)));
    ASSERT_TRUE(SameBits(a.fundamental_mask().Row(i), b.fundamental_mask().Row(i)));
    ASSERT_TRUE(SameBits(a.event().Row(i), b.event().Row(i)));
  }
  EXPECT_GE(same, least);
}

void ExpectSameScaler(const ColumnScaler& a, const ColumnScaler& b) {
  EXPECT_TRUE(SameBits(a.offset, b.offset));
  EXPECT_TRUE(SameBits(a.divisor, b.divisor));
}

TEST(DatasetLeaksTest, WhatComesAfterARowChangesNothingInIt) {
  const Dataset whole = Build({});
  // The validation begins on 1 July and the test on 9 July: cut in the test.
  for (const size_t kept : {500, 550, 599}) {
    Everything less;
    less.candles.resize(kept);
    const absl::Time end = less.candles.back().open_time + absl::Hours(1);
    // What is published later is not there yet; the schedule of events is.
    std::erase_if(less.records, [&](const auto& record) { return *record.released_at >= end; });
    for (macro::EconomicEvent& event : less.events) {
      if (event.time >= end) event.actual.reset();
    }
    ExpectSameUpTo(whole, Build(less), end, kept - 70);
  }
}

TEST(DatasetLeaksTest, EverySetIsCausalInWindows) {
  for (const features::FeatureSet* set : features::AllFeatureSets()) {
    SCOPED_TRACE(set->name());
    DatasetSpec spec = SmallSpec();
    spec.set = set;
    const Everything inputs = WithContextOf(spec);
    Everything changed = inputs;
    for (size_t i = 560; i < changed.candles.size(); ++i) {
      Invert(changed.candles[i]);
      for (auto& series : changed.context) Invert(series.candles[i]);
    }
    ExpectSameUpTo(Build(inputs, spec), Build(changed, spec),
                   changed.candles[559].open_time + absl::Hours(1), 300);
  }
}

TEST(DatasetLeaksTest, TheContextOfEveryPairIsInTheWindows) {
  DatasetSpec spec = SmallSpec();
  spec.set = *features::FindFeatureSet("stationary-v2");
  const Everything inputs = WithContextOf(spec);
  const Dataset whole = Build(inputs, spec);
  ASSERT_EQ(inputs.context.size(), 3);
  for (size_t pair = 0; pair < inputs.context.size(); ++pair) {
    SCOPED_TRACE(inputs.context[pair].pair.ToString());
    Everything changed = inputs;
    for (market::Candle& candle : changed.context[pair].candles) Invert(candle);
    const Dataset other = Build(changed, spec);
    const Row& last = whole.rows().back();
    std::vector<float> scratch, other_scratch;
    EXPECT_NE(whole.Window(last, scratch), other.Window(other.rows().back(), other_scratch));
  }
}

TEST(DatasetLeaksTest, ScalersKnowTheTrainingPartAlone) {
  const Dataset whole = Build({});
  Everything changed;
  // No training window or answer reaches 30 June: from there on everything is another.
  for (market::Candle& candle : changed.candles) {
    if (candle.open_time < Time("2018-07-01T00:00:00Z")) continue;
    Invert(candle);
  }
  for (macro::FundamentalRecord& record : changed.records) {
    if (*record.released_at >= Time("2018-07-01T00:00:00Z")) record.value = 99;
  }
  for (macro::EconomicEvent& event : changed.events) {
    if (event.time >= Time("2018-07-01T00:00:00Z")) event.actual = -1e6;
  }
  const Dataset other = Build(changed);
  ExpectSameScaler(*whole.technical_scaler(), *other.technical_scaler());
  ExpectSameScaler(*whole.fundamental_scaler(), *other.fundamental_scaler());
  ExpectSameScaler(*whole.event_scaler(), *other.event_scaler());
  // The test would see nothing if nothing had changed behind the training part.
  const Row &last = whole.rows().back(), &last_other = other.rows().back();
  std::vector<float> scratch;
  EXPECT_NE(whole.Window(last, scratch)[0], other.Window(last_other, scratch)[0]);
  EXPECT_NE(whole.fundamental().Row(whole.rows().size() - 1)[0],
            other.fundamental().Row(other.rows().size() - 1)[0]);
}

TEST(DatasetLeaksTest, NoValueIsVisibleAtItsRelease) {
  Everything early, late;
  // The same figure a minute before the close of a candle and at it.
  const absl::Time close = Time("2018-06-20T15:00:00Z");
  early.records[2].released_at = close - absl::Minutes(1);
  late.records[2].released_at = close;
  const Dataset a = Build(early), b = Build(late);
  const auto at = [&](const Dataset& data, absl::Time time) {
    for (size_t i = 0; i < data.rows().size(); ++i) {
      if (data.rows()[i].as_of == time) return data.fundamental().Row(i)[0];
    }
    return std::nan("");
  };
  EXPECT_EQ(at(a, close), 0) << "-1.75, the smallest of the training part";
  EXPECT_EQ(at(b, close), 1) << "-1.5 still";
  EXPECT_EQ(at(b, close + absl::Hours(1)), 0);
  EXPECT_EQ(at(a, close - absl::Hours(1)), 1);
}

// The row of the candle that closes at an event does not hold the event's actual: its close is the
// last quote before it. The next row does.
TEST(DatasetLeaksTest, NoActualIsVisibleAtItsEvent) {
  const absl::Time close = Time("2018-06-21T13:00:00Z");
  const auto rows_with = [&](absl::Time time, double actual) {
    Everything inputs;
    inputs.events[4].time = time;
    inputs.events[4].actual = actual;
    DatasetSpec spec = SmallSpec();
    spec.scaled = false;
    return Build(inputs, spec);
  };
  const auto same_at = [](const Dataset& a, const Dataset& b, absl::Time time) {
    for (size_t i = 0; i < a.rows().size(); ++i) {
      if (a.rows()[i].as_of == time) return SameBits(a.event().Row(i), b.event().Row(i));
    }
    ADD_FAILURE() << "no row as of " << time;
    return false;
  };
  EXPECT_TRUE(same_at(rows_with(close, 120), rows_with(close, 900), close));
  EXPECT_FALSE(same_at(rows_with(close, 120), rows_with(close, 900), close + absl::Hours(1)));
  const absl::Time before = close - absl::Minutes(1);
  EXPECT_FALSE(same_at(rows_with(before, 120), rows_with(before, 900), close));
}

TEST(DatasetLeaksTest, TheOrderOfReleasesAndEventsDoesNotMatter) {
  Everything shuffled;
  std::mt19937 random(3);
  std::shuffle(shuffled.records.begin(), shuffled.records.end(), random);
  std::shuffle(shuffled.events.begin(), shuffled.events.end(), random);
  ExpectSameUpTo(Build({}), Build(shuffled), absl::InfiniteFuture(), 500);
}

// How well a single number of the test part's newest candles tells the direction: the share of
// pairs of an up and a down row that it puts in order (area under the ROC curve).
double Auc(const Dataset& data, const std::vector<double>& score) {
  double right = 0, pairs = 0;
  for (const size_t up : data.split().of(Part::kTest).rows) {
    if (data.rows()[up].target.direction == 0) continue;
    for (const size_t down : data.split().of(Part::kTest).rows) {
      if (data.rows()[down].target.direction == 1) continue;
      pairs += 1;
      right += score[up] > score[down] ? 1 : score[up] == score[down] ? 0.5 : 0;
    }
  }
  return right / pairs;
}

TEST(DatasetLeaksTest, OnlyAPlantedFutureForeseesARandomWalk) {
  Everything inputs;
  inputs.candles = SmallCandles(4000);
  DatasetSpec spec = SmallSpec();
  spec.split = {.train_until = 0.2, .validation_until = 0.3};
  spec.targets.horizon_bars = 1;
  const Dataset data = Build(inputs, spec);
  const size_t columns = spec.set->columns().size();
  std::vector<double> score(data.rows().size());
  std::vector<float> scratch;
  for (size_t c = 0; c < columns; ++c) {
    for (size_t r = 0; r < score.size(); ++r) {
      score[r] = data.Window(data.rows()[r], scratch)[7 * columns + c];
    }
    EXPECT_NEAR(Auc(data, score), 0.5, 0.05) << spec.set->columns()[c].name;
  }
  // The return column of the candle that follows: what a window one candle too late would hold.
  for (size_t r = 0; r + 1 < score.size(); ++r) {
    score[r] = data.Window(data.rows()[r + 1], scratch)[7 * columns];
  }
  EXPECT_GT(Auc(data, score), 0.99);
}

}  // namespace
}  // namespace aifx::dataset
