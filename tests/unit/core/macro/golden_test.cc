// The columns against pandas (tests/golden/macro/make_macro.py).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "core/macro/event_features.h"
#include "core/macro/fundamental_features.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/macro/golden_files.h"

namespace aifx::macro {
namespace {

using market::CurrencyPair;

// Compares every column of the rows of one pair; `At` computes the matrix for their times.
template <typename Features>
void ExpectEqual(const Features& features, const ColumnSet& set, const std::vector<Row>& expected) {
  std::vector<absl::Time> times;
  for (const Row& row : expected) times.push_back(Utc(row.at("time")));
  const features::FeatureMatrix matrix = features.At(times);
  ASSERT_EQ(matrix.columns, set.columns().size());
  for (size_t r = 0; r < expected.size(); ++r) {
    for (size_t c = 0; c < matrix.columns; ++c) {
      const std::string& name = set.columns()[c].name;
      const double want = Number(expected[r].at(name));
      const double got = matrix.Row(r)[c];
      if (std::isnan(want) && std::isnan(got)) continue;
      ASSERT_NEAR(got, want, 1e-9 * std::max(1.0, std::abs(want)))
          << name << " of " << expected[r].at("pair") << " at " << expected[r].at("time");
    }
  }
}

std::map<std::string, std::vector<Row>> ByPair(const std::string& name) {
  std::map<std::string, std::vector<Row>> rows;
  for (Row& row : ReadGoldenCsv(name)) rows[row.at("pair")].push_back(row);
  EXPECT_FALSE(rows.empty()) << name;
  return rows;
}

class GoldenTest : public ::testing::TestWithParam<const char*> {};

TEST_P(GoldenTest, EventsEqualPandas) {
  const std::string kind = GetParam();
  const std::vector<EconomicEvent> events = GoldenEvents(kind + "_calendar.csv");
  for (const auto& [pair, expected] : ByPair(kind + "_events_expected.csv")) {
    ASSERT_OK_AND_ASSIGN(const auto features,
                         EventFeatures::Create(*CurrencyPair::Parse(pair), events));
    ExpectEqual(features, EventColumns(), expected);
  }
}

TEST_P(GoldenTest, FundamentalsEqualPandas) {
  const std::string kind = GetParam();
  const std::vector<FundamentalRecord> records = GoldenRecords(kind + "_series.csv");
  for (const auto& [pair, expected] : ByPair(kind + "_fundamentals_expected.csv")) {
    ASSERT_OK_AND_ASSIGN(const auto features,
                         FundamentalFeatures::Create(*CurrencyPair::Parse(pair), records));
    ExpectEqual(features, FundamentalColumns(), expected);
  }
}

INSTANTIATE_TEST_SUITE_P(Data, GoldenTest, ::testing::Values("real", "synthetic"));

// A released list never changes: a data set and a model's manifest carry its hash.
TEST(ColumnSetTest, HashesArePinned) {
  EXPECT_EQ(FundamentalColumns().hash(),
            "451f6ea74b75a10a1a572cd2e266f38d8fa00d2672a50af8f28af08940c097a6");
  EXPECT_EQ(EventColumns().hash(),
            "e0f321b0b7a06fbe45c9b844e357ad2e6a2bdd3dc52d0d24f86773ddf654d48d");
}

}  // namespace
}  // namespace aifx::macro
