// What holds for sets that use other pairs: feature_sets_test.cc says which those are.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "core/features/context_alignment.h"
#include "core/features/context_feed.h"
#include "tests/unit/core/features/feature_set_fixture.h"

namespace aifx::features {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// Other pairs may be ahead: what opened after a candle had not closed when that did.
TEST_P(ContextSetTest, ContextAheadOfTheSeriesChangesNothing) {
  const std::vector<market::Candle> candles = RandomCandles(900, 50);
  const ContextCandles ahead = ContextCandles::Of(candles);
  const FeatureMatrix whole = Compute(candles, ahead);
  for (size_t count = set().warm_up() + 1; count <= candles.size(); count += 13) {
    const auto part = absl::MakeConstSpan(candles).first(count);
    const FeatureMatrix got = Compute(part, ahead);
    ExpectSameBits(got.Row(got.rows - 1), whole.Row(got.rows - 1), absl::StrCat("of ", count));
    if (HasFailure()) return;
  }
}

// The same candle is used once it opens no later than the series' newest.
TEST_P(ContextSetTest, OnlyClosedContextCandlesCount) {
  const std::vector<market::Candle> candles = LivelyCandles(set().memory(), 51);
  ContextCandles context;
  for (size_t p = 0; p < kDollarPairs.size(); ++p) context.of(p) = candles;
  const FeatureMatrix before = Compute(candles, context);
  for (const absl::Duration late : {absl::Seconds(1), absl::ZeroDuration()}) {
    ContextCandles more = context;
    for (size_t p = 0; p < kDollarPairs.size(); ++p) {
      if (late == absl::ZeroDuration()) more.of(p).pop_back();
      more.of(p).push_back(candles.back());
      more.of(p).back().open_time += late;
      more.of(p).back().close *= 1.5;
    }
    const FeatureMatrix after = Compute(candles, more);
    if (late > absl::ZeroDuration()) {
      ExpectSameBits(after.Row(0), before.Row(0), "a candle in progress");
    } else if (set().columns()[0].name != "has_dollar_pairs") {
      EXPECT_NE(after.values, before.values) << "the newest closed candle is not used";
    }
  }
}

// With fewer candles of context than a row may use, and with many that are far older.
TEST_P(ContextSetTest, OlderContextChangesNothing) {
  const std::vector<market::Candle> candles = RandomCandles(900, 52);
  const ContextCandles all = ContextCandles::Of(candles);
  const FeatureMatrix whole = Compute(candles, all);
  for (size_t end = set().memory() + 100; end <= candles.size(); ++end) {
    const auto window = absl::MakeConstSpan(candles).subspan(end - set().memory(), set().memory());
    ContextCandles least;
    for (size_t p = 0; p < kDollarPairs.size(); ++p) {
      for (const market::Candle& candle : all.of(p)) {
        if (candle.open_time > window.front().open_time) least.of(p).push_back(candle);
      }
    }
    ExpectSameBits(Compute(window, least).Row(0), whole.Row(end - set().memory()),
                   absl::StrCat("candle ", end - 1));
    ExpectSameBits(Compute(window, all).Row(0), whole.Row(end - set().memory()),
                   absl::StrCat("all context, candle ", end - 1));
    if (HasFailure()) return;
  }
}

TEST_P(ContextSetTest, PriceLevelsOfTheContextDoNotMatter) {
  const std::vector<market::Candle> candles = RandomCandles(600, 53, 1.125, 0x1p-17);
  ContextCandles context = ContextCandles::Of(candles);
  const FeatureMatrix before = Compute(candles, context);
  const std::vector<double> medians = Medians(before);
  for (size_t p = 0; p < kDollarPairs.size(); ++p) {
    for (market::Candle& candle : context.of(p))
      candle.close *= 1.0 + 40.0 * static_cast<double>(p);
  }
  const FeatureMatrix after = Compute(candles, context);
  for (size_t r = 0; r < after.rows; ++r) {
    ExpectClose(after.Row(r), before.Row(r), medians, 1e-8, absl::StrCat("row ", r));
  }
}

TEST_P(ContextSetTest, MissingPairsAreAnErrorThatNamesThem) {
  const std::vector<market::Candle> candles = RandomCandles(300, 54);
  ContextCandles context = ContextCandles::Of(candles);
  context.of(1).clear();  // GBP/USD
  const auto series = context.Series(&DollarPairs()[3]);
  FeatureMatrix matrix;
  FeatureColumns columns;
  const auto names_both = testing::StatusIs(
      absl::StatusCode::kFailedPrecondition,
      AllOf(HasSubstr(set().name()), HasSubstr("GBP/USD, AUD/USD"), Not(HasSubstr("EUR/USD"))));
  EXPECT_THAT(set().Build({candles, nullptr, series}, matrix), names_both);
  EXPECT_THAT(set().ComputeColumns({candles, nullptr, series}, columns), names_both);
  EXPECT_THAT(set().Build(candles, matrix), testing::StatusIs(absl::StatusCode::kFailedPrecondition,
                                                              HasSubstr("EUR/USD, GBP/USD")));
  EXPECT_THAT(set().Build({candles, &DollarPairs()[3], series}, matrix),
              testing::StatusIs(absl::StatusCode::kFailedPrecondition,
                                AllOf(HasSubstr("GBP/USD too for AUD/USD"))));
}

// The series' own pair is not asked for, and where it is given it changes nothing.
TEST_P(ContextSetTest, OwnPairIsNoContext) {
  const std::vector<market::Candle> candles = RandomCandles(300, 55);
  const ContextCandles context = ContextCandles::Of(candles);
  for (const market::CurrencyPair& own : DollarPairs()) {
    EXPECT_THAT(set().ContextPairs(own),
                AllOf(::testing::SizeIs(kDollarPairs.size() - 1), Not(::testing::Contains(own))));
    const auto without = context.Series(&own), with = context.Series();
    FeatureMatrix a, b;
    ASSERT_OK(set().Build({candles, &own, without}, a));
    ASSERT_OK(set().Build({candles, &own, with}, b));
    EXPECT_EQ(a.values, b.values);
    ASSERT_OK_AND_ASSIGN(const auto stream, set().NewStreamFor(own));
    ContextFeed feed(*stream, without);
    absl::Span<const double> row;
    for (const market::Candle& candle : candles) row = *feed.Next(candle);
    ExpectSameBits(row, a.Row(a.rows - 1), own.ToString());
    EXPECT_THAT(stream->AddContext(own, candles.back()),
                testing::StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(own.ToString())));
  }
}

// The others are older than the series by more candles than a stream holds ahead, and the series
// has holes as long.
TEST_P(ContextSetTest, OneAtATimeEqualsBulkWithOlderContextAndHoles) {
  const std::vector<market::Candle> all = RandomCandles(2600, 57);
  const ContextCandles context = ContextCandles::Of(all);
  std::vector<market::Candle> candles;
  for (size_t i = 0; i < all.size(); ++i) {
    const bool older = i<600, hole = i % 1000> 300 && i % 1000 < 700;
    if (!older && !hole) candles.push_back(all[i]);
  }
  ASSERT_GT(context.of(0).size(), candles.size() + 2 * ContextQueue::kMostAhead);
  ASSERT_OK_AND_ASSIGN(const auto stream, set().NewStream());
  ExpectBulkRows(*stream, candles, context);
}

TEST_P(ContextSetTest, StreamHoldsWhatIsAheadAndRefusesWhatIsLate) {
  const std::vector<market::Candle> candles = LivelyCandles(400, 56);
  ContextCandles context;
  for (size_t p = 0; p < kDollarPairs.size(); ++p) context.of(p) = candles;
  const FeatureMatrix bulk = Compute(candles, context);
  ASSERT_OK_AND_ASSIGN(const auto stream, set().NewStream());
  constexpr size_t kAhead = 200;
  size_t given = 0;
  for (size_t i = 0; i < candles.size(); ++i) {
    for (; given < std::min(i + kAhead, candles.size()); ++given) {
      for (const auto& pair : DollarPairs()) ASSERT_OK(stream->AddContext(pair, candles[given]));
    }
    const absl::Span<const double> row = stream->Next(candles[i]);
    if (!row.empty()) ExpectSameBits(row, bulk.Row(i - set().warm_up()), absl::StrCat("row ", i));
    if (HasFailure()) return;
  }
  market::Candle next = candles.back();
  EXPECT_THAT(stream->AddContext(DollarPairs()[0], next),
              testing::StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("EUR/USD")));
  for (size_t k = 0; k < ContextQueue::kMostAhead; ++k) {
    next.open_time += absl::Hours(1);
    ASSERT_OK(stream->AddContext(DollarPairs()[0], next));
  }
  next.open_time += absl::Hours(1);
  EXPECT_THAT(stream->AddContext(DollarPairs()[0], next),
              testing::StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("256")));
  EXPECT_THAT(stream->AddContext(*market::CurrencyPair::Parse("EUR/GBP"), next),
              testing::StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("EUR/GBP")));
}

}  // namespace
}  // namespace aifx::features
