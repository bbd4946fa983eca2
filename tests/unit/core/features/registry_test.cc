#include "core/features/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include "core/features/technical/sets.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/features/candle_series.h"
#include "tests/unit/core/features/every_set.h"

namespace aifx::features {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const TechnicalSet& Technical(absl::string_view name) {
  for (const TechnicalSet* set : TechnicalSets()) {
    if (set->name() == name) return *set;
  }
  ADD_FAILURE() << "no set " << name;
  return *TechnicalSets()[0];
}

std::vector<std::string> Names(const FeatureSet& set) {
  std::vector<std::string> names;
  for (const Column& column : set.columns()) names.push_back(column.name);
  return names;
}

TEST(RegistryTest, EverySetIsFoundByItsNameAndHasItsOwnHash) {
  std::set<std::string> hashes;
  for (const FeatureSet* set : AllFeatureSets()) {
    ASSERT_OK_AND_ASSIGN(const FeatureSet* found, FindFeatureSet(set->name()));
    EXPECT_EQ(found, set);
    EXPECT_EQ(set->hash().size(), 64u);
    EXPECT_TRUE(hashes.insert(set->hash()).second) << set->name();
  }
  EXPECT_EQ(DefaultFeatureSet().name(), "stationary-v1");
}

TEST(RegistryTest, UnknownNameListsWhatThereIs) {
  EXPECT_THAT(
      FindFeatureSet("stationary-v0"),
      testing::StatusIs(absl::StatusCode::kNotFound,
                        AllOf(HasSubstr("stationary-v0"), HasSubstr("stationary-v1, v3.2"))));
}

TEST(RegistryTest, ConventionPicksTheSet) {
  const auto found = [](absl::string_view name, Convention convention) {
    return FindFeatureSet(name, convention).value()->name();
  };
  EXPECT_EQ(found("v3.2", Convention::kReference), "v3.2");
  EXPECT_EQ(found("v3.2", Convention::kTaLib), "v3.2-talib");
  EXPECT_EQ(found("v3.2-talib", Convention::kTaLib), "v3.2-talib");
  EXPECT_EQ(found("stationary-v1", Convention::kTaLib), "stationary-v1");
  EXPECT_THAT(FindFeatureSet("v3.2-talib", Convention::kReference),
              testing::StatusIs(absl::StatusCode::kNotFound, HasSubstr("v3.2-talib")));
}

TEST(RegistryTest, V32HasItsColumnsInOrder) {
  for (const char* name : {"v3.2", "v3.2-talib"}) {
    EXPECT_THAT(
        Names(Technical(name)),
        ElementsAre("open", "high", "low", "close", "volume", "returns", "log_returns", "sma_5",
                    "ema_5", "sma_10", "ema_10", "sma_20", "ema_20", "sma_50", "ema_50", "sma_100",
                    "ema_100", "sma_200", "ema_200", "bb_upper_20", "bb_lower_20", "bb_width_20",
                    "rsi_14", "rsi_28", "macd", "macd_signal", "macd_hist", "atr_14", "stoch_k",
                    "stoch_d", "volume_sma_20", "volume_ratio", "momentum_5", "momentum_10",
                    "momentum_20", "volatility_10", "volatility_20", "volatility_30"));
  }
  EXPECT_THAT(Names(Technical("raw-ohlcv")), ElementsAre("open", "high", "low", "close", "volume"));
}

TEST(RegistryTest, RecursiveSetsWant2100CandlesAndNeed200) {
  const TechnicalSet& set = Technical("v3.2");
  EXPECT_TRUE(set.recursive());
  EXPECT_EQ(set.memory(), 2100u);
  EXPECT_EQ(set.warm_up(), 199u);
  EXPECT_EQ(set.CandlesNeeded(20), 219u);
  EXPECT_EQ(set.CandlesWanted(20), 2119u);
  const TechnicalSet& raw = Technical("raw-ohlcv");
  EXPECT_FALSE(raw.recursive());
  EXPECT_EQ(raw.CandlesNeeded(60), 60u);
  EXPECT_EQ(raw.CandlesWanted(60), 60u);
}

// Fails when a definition changes. That needs a new name, not a new hash here: models in use were
// trained on this one.
TEST(RegistryTest, HashesArePinned) {
  EXPECT_THAT(Technical("v3.2").canonical_text(),
              StartsWith("v3.2\nconvention=reference\nmemory=2100\nopen:open\nhigh:high\n"));
  EXPECT_EQ(Technical("v3.2").hash(),
            "e5699f137fce25ed3272e6047c941f16e42396923472fb9f45831b6ea8b52157");
  EXPECT_EQ(Technical("v3.2-talib").hash(),
            "aa0475d9cd61092522b1561c70b33a30b951ef00640be7741cbcf2355481db63");
  EXPECT_EQ(Technical("stationary-v2").hash(),
            "79a603cd1dfb9fdb342e9cdb48876cfc70a6a4a493f7ab6e16e7a1d0f38a628a");
  EXPECT_EQ(Technical("raw-ohlcv").hash(),
            "0e67cad821ca7687aca161b1beab533ce6e03f0feb05cf68c6fa20e2c58bfc98");
}

TEST(RegistryTest, UnknownAndRepeatedColumnsAreErrors) {
  EXPECT_THAT(TechnicalSet::Make("x", Convention::kReference, {"close", "sma_7"}),
              testing::StatusIs(absl::StatusCode::kNotFound, HasSubstr("'sma_7'")));
  EXPECT_THAT(TechnicalSet::Make("x", Convention::kReference, {"close", "close"}),
              testing::StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("close")));
}

TEST(RegistryTest, EveryColumnHasOneNameFormulaAndFamilyInBothConventions) {
  std::set<std::string> names;
  for (const IndicatorFamily* family : families::All()) {
    const auto reference = family->columns(Convention::kReference);
    const auto talib = family->columns(Convention::kTaLib);
    ASSERT_EQ(reference.size(), talib.size());
    EXPECT_FALSE(reference.empty() && family->columns(Convention::kEngine).empty());
    for (size_t k = 0; k < reference.size(); ++k) {
      EXPECT_EQ(reference[k].column.name, talib[k].column.name);
      EXPECT_TRUE(names.insert(reference[k].column.name).second) << reference[k].column.name;
      EXPECT_FALSE(reference[k].formula.empty());
      EXPECT_LE(reference[k].memory, kLongestPast);
    }
  }
}

// 1e-9 against a fresh computation, after a million candles. Sets of the engine alone forget to the
// last bit (OlderCandlesOfAnyKindChangeNothing) and would only take time here.
TEST(RegistryTest, AMillionCandlesLeaveNoTrace) {
  const std::vector<market::Candle> candles = RandomCandles(1'000'000, 30);
  for (const FeatureSet* set : EverySet()) {
    if (set->convention() == Convention::kEngine) continue;
    ASSERT_OK_AND_ASSIGN(const std::unique_ptr<FeatureStream> stream, set->NewStream());
    absl::Span<const double> row;
    for (const market::Candle& candle : candles) row = stream->Next(candle);
    FeatureColumns fresh;
    ASSERT_OK(
        set->ComputeColumns(absl::MakeConstSpan(candles).last(set->CandlesWanted(500)), fresh));
    for (size_t c = 0; c < row.size(); ++c) {
      const absl::Span<const double> column = fresh.Column(c);
      const double want = column.back();
      std::vector<double> sizes;
      for (const double value : column) sizes.push_back(std::isnan(value) ? 0 : std::abs(value));
      std::nth_element(sizes.begin(), sizes.begin() + 250, sizes.end());
      ASSERT_EQ(std::isnan(row[c]), std::isnan(want)) << set->columns()[c].name;
      if (std::isnan(want)) continue;
      EXPECT_NEAR(row[c], want, 1e-9 * std::max(std::abs(want), sizes[250]))
          << set->name() << " " << set->columns()[c].name;
    }
  }
}

}  // namespace
}  // namespace aifx::features
