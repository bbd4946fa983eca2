#include "client/cli/features/features_options.h"

#include <gtest/gtest.h>

#include "tests/support/candles.h"
#include "tests/support/status_matchers.h"

namespace aifx::cli {
namespace {

using ::aifx::testing::StatusIs;
using ::aifx::testing::Time;
using ::testing::HasSubstr;

const absl::Time kNow = Time("2026-01-15T12:30:00Z");

FeaturesOptions Valid() { return {.pairs = {"EUR/USD"}, .out = "out"}; }

TEST(FeaturesOptionsTest, EveryPairWithEveryTimeframeOnce) {
  FeaturesOptions options = Valid();
  options.pairs = {"EUR/USD", "usdjpy", "EUR-USD"};
  options.timeframes = {"1h", "1M"};
  options.out = "some/out//";
  ASSERT_OK_AND_ASSIGN(const FeaturesPlan plan, MakeFeaturesPlan(options, kNow));
  std::vector<std::string> names, folders;
  for (const SeriesKey& key : plan.series) {
    names.push_back(key.Name());
    folders.push_back(key.FolderName());
  }
  EXPECT_THAT(names,
              ::testing::ElementsAre("EUR/USD 1h", "EUR/USD 1M", "USD/JPY 1h", "USD/JPY 1M"));
  EXPECT_EQ(folders[0], "eurusd-1h");
  EXPECT_EQ(folders[3], "usdjpy-1M");
  EXPECT_EQ(plan.out, "some/out");
  EXPECT_EQ(plan.set->name(), "stationary-v1");
  EXPECT_EQ(plan.from, absl::InfinitePast());
  EXPECT_EQ(plan.to, kNow);
  EXPECT_EQ(plan.split.train_until.text, "2024-08-31");
}

TEST(FeaturesOptionsTest, NothingIsReadFromTheFuture) {
  FeaturesOptions options = Valid();
  options.to = "2030-01-01";
  ASSERT_OK_AND_ASSIGN(const FeaturesPlan future, MakeFeaturesPlan(options, kNow));
  EXPECT_EQ(future.to, kNow);
  options.to = "2025-12-31";
  ASSERT_OK_AND_ASSIGN(const FeaturesPlan past, MakeFeaturesPlan(options, kNow));
  EXPECT_EQ(past.to, Time("2025-12-31T00:00:00Z"));
}

TEST(FeaturesOptionsTest, RefusalsNameOptionAndValue) {
  struct {
    const char* want;
    void (*spoil)(FeaturesOptions&);
  } const kCases[] = {
      {"--pairs: pair \"EURO\"", [](FeaturesOptions& o) { o.pairs = {"EURO"}; }},
      {"--pairs is required", [](FeaturesOptions& o) { o.pairs = {}; }},
      {"--timeframes: ", [](FeaturesOptions& o) { o.timeframes = {"2h"}; }},
      {"--set: no feature set 'v9'", [](FeaturesOptions& o) { o.set = "v9"; }},
      {"--set: ",
       [](FeaturesOptions& o) {
         o.set = "v3.2-talib";
         o.convention = "reference";
       }},
      {"--from: ", [](FeaturesOptions& o) { o.from = "then"; }},
      {"--to: ", [](FeaturesOptions& o) { o.to = "then"; }},
      {"--from 2026-02-01 is not before now", [](FeaturesOptions& o) { o.from = "2026-02-01"; }},
      {"--from 2025-02-01 is not before --to 2024-02-01",
       [](FeaturesOptions& o) {
         o.from = "2025-02-01";
         o.to = "2024-02-01";
       }},
      {"--train-until: ", [](FeaturesOptions& o) { o.train_until = "70%"; }},
      {"--out is required", [](FeaturesOptions& o) { o.out = ""; }},
  };
  for (const auto& t : kCases) {
    FeaturesOptions options = Valid();
    t.spoil(options);
    EXPECT_THAT(MakeFeaturesPlan(options, kNow),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(t.want)));
  }
}

}  // namespace
}  // namespace aifx::cli
