#include "client/cli/dataset/dataset_options.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/candles.h"
#include "tests/support/status_matchers.h"

namespace aifx::cli {
namespace {

using ::aifx::testing::StatusIs;
using ::aifx::testing::Time;
using ::testing::HasSubstr;

const absl::Time kNow = Time("2026-01-05T12:00:00Z");

DatasetOptions Options() {
  DatasetOptions options;
  options.pairs = {"eurusd"};
  options.out = "sets";
  return options;
}

TEST(DatasetOptionsTest, OneDatasetForEachPairAndTimeframe) {
  DatasetOptions options = Options();
  options.pairs = {"EUR/USD", "usdjpy"};
  options.timeframes = {"1h", "1M"};
  ASSERT_OK_AND_ASSIGN(const DatasetPlan plan, MakeDatasetPlan(options, kNow));
  std::vector<std::string> folders;
  for (const auto& spec : plan.datasets) folders.push_back(DatasetFolder(spec));
  EXPECT_THAT(folders, ::testing::ElementsAre("eurusd-1h", "eurusd-1M", "usdjpy-1h", "usdjpy-1M"));
  EXPECT_EQ(plan.to, kNow);
  EXPECT_EQ(plan.datasets[0].sequence, 60);
  EXPECT_TRUE(plan.datasets[0].scaled);
}

TEST(DatasetOptionsTest, CutsAreSharesOrTimes) {
  DatasetOptions options = Options();
  options.train_until = "0.5";
  options.validation_until = "2024-12-31";  // its start
  options.test_until = "2025-06-30T12:00Z";
  options.embargo = 60;
  ASSERT_OK_AND_ASSIGN(const DatasetPlan plan, MakeDatasetPlan(options, kNow));
  const dataset::SplitRule& split = plan.datasets[0].split;
  EXPECT_EQ(split.train_until, dataset::Cut(0.5));
  EXPECT_EQ(split.validation_until, dataset::Cut(Time("2024-12-31T00:00:00Z")));
  EXPECT_EQ(split.test_until, dataset::Cut(Time("2025-06-30T12:00:00Z")));
  EXPECT_EQ(split.embargo, 60);
}

TEST(DatasetOptionsTest, TargetsAreThoseNamed) {
  DatasetOptions options = Options();
  options.targets = {"triple-barrier"};
  ASSERT_OK_AND_ASSIGN(const DatasetPlan plan, MakeDatasetPlan(options, kNow));
  EXPECT_TRUE(plan.datasets[0].targets.barrier);
  EXPECT_FALSE(plan.datasets[0].targets.direction);
  EXPECT_FALSE(plan.datasets[0].targets.change);
  EXPECT_FALSE(plan.datasets[0].targets.close);
  options.targets = {"close"};
  ASSERT_OK_AND_ASSIGN(const DatasetPlan other, MakeDatasetPlan(options, kNow));
  EXPECT_TRUE(other.datasets[0].targets.close);
}

TEST(DatasetOptionsTest, MessagesNameTheOptionAndItsValue) {
  const auto refused = [](auto change) {
    DatasetOptions options = Options();
    change(options);
    return MakeDatasetPlan(options, kNow).status();
  };
  constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
  EXPECT_THAT(refused([](auto& o) { o.pairs = {"EUR/EUR"}; }),
              StatusIs(kInvalid, HasSubstr("--pairs: ")));
  EXPECT_THAT(refused([](auto& o) { o.timeframes = {"2h"}; }),
              StatusIs(kInvalid, HasSubstr("--timeframes: ")));
  EXPECT_THAT(refused([](auto& o) { o.set = "v9"; }), StatusIs(kInvalid, HasSubstr("--set: ")));
  EXPECT_THAT(refused([](auto& o) { o.train_until = "70"; }),
              StatusIs(kInvalid, HasSubstr("--train-until: 70 is neither")));
  EXPECT_THAT(refused([](auto& o) { o.validation_until = "soon"; }),
              StatusIs(kInvalid, HasSubstr("--validation-until")));
  EXPECT_THAT(refused([](auto& o) { o.from = "2026-06-01"; }),
              StatusIs(kInvalid, HasSubstr("is not before --to 2026-01-05 12:00 UTC")));
  EXPECT_THAT(refused([](auto& o) { o.out = ""; }), StatusIs(kInvalid, HasSubstr("--out")));
  EXPECT_THAT(refused([](auto& o) {
                o.csv = "x.csv";
                o.timeframes = {"1h", "4h"};
              }),
              StatusIs(kInvalid, HasSubstr("--csv is one series")));
}

}  // namespace
}  // namespace aifx::cli
