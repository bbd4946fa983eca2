#include "core/serving/experiment_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aifx::serving {
namespace {

using ::testing::HasSubstr;
using ::testing::Optional;

TEST(SplitProbabilityTest, AgreesWithTheTableOfTheChiSquareDistribution) {
  // One degree of freedom: 3.841 is passed with probability 0.05, 10.828 with 0.001.
  EXPECT_GT(SplitProbability(500 - 30, 500 + 30, 50), 0.05);   // chi-square 3.60
  EXPECT_LT(SplitProbability(500 - 31, 500 + 31, 50), 0.05);   // 3.844
  EXPECT_GT(SplitProbability(500 - 52, 500 + 52, 50), 0.001);  // 10.816
  EXPECT_LT(SplitProbability(500 - 53, 500 + 53, 50), 0.001);  // 11.236
  EXPECT_NEAR(SplitProbability(500 - 31, 500 + 31, 50), 0.05, 0.0001);
  EXPECT_DOUBLE_EQ(SplitProbability(950, 50, 5), 1);
}

TEST(SplitProbabilityTest, SaysNothingOfTooFewAndAllOfNone) {
  EXPECT_EQ(SplitProbability(0, 9, 50), 1);
  EXPECT_EQ(SplitProbability(99, 0, 5), 1);
  EXPECT_LT(SplitProbability(0, 10, 50), 0.01);
  EXPECT_EQ(SplitProbability(1, 1000, 100), 0);
  EXPECT_EQ(SplitProbability(1000, 1, 0), 0);
  EXPECT_EQ(SplitProbability(1000, 0, 0), 1);
}

TEST(SampleRatioWarningTest, FlagsWhatDividesAndNothingElse) {
  Experiment experiment{.kind = ExperimentKind::kAb, .candidate_percent = 50};
  ExperimentStats stats;
  stats.champion.units = 600;
  stats.candidate.units = 400;
  EXPECT_THAT(SampleRatioWarning(experiment, stats), HasSubstr("400 of 1000 candles where 50%"));
  experiment.kind = ExperimentKind::kShadow;
  EXPECT_EQ(SampleRatioWarning(experiment, stats), "");
  experiment.kind = ExperimentKind::kCanary;
  experiment.candidate_percent = 40;
  EXPECT_EQ(SampleRatioWarning(experiment, stats), "");
}

// Two arms that differ in nothing.
class RollbackTest : public ::testing::Test {
 protected:
  RollbackTest() {
    stats_.champion = {.requests = 1000,
                       .errors = 10,
                       .units = 100,
                       .decided = 100,
                       .holds = 50,
                       .confidence_sum = 60,
                       .runs = 100,
                       .run_time = absl::Milliseconds(500)};
    stats_.candidate = stats_.champion;
  }
  std::optional<std::string> Reason() const { return RollbackReason(stats_, {}); }

  ExperimentStats stats_;
};

TEST_F(RollbackTest, LetsEqualsPass) { EXPECT_EQ(Reason(), std::nullopt); }

TEST_F(RollbackTest, TakesBackWhatFailsMoreOften) {
  stats_.candidate.errors = 60;  // 1 % + the margin
  EXPECT_EQ(Reason(), std::nullopt);
  stats_.candidate.errors = 61;
  EXPECT_THAT(Reason(), Optional(HasSubstr("failed 6.1% of 1000 requests, the champion 1.0%")));
  stats_.candidate.requests = 19;
  stats_.candidate.errors = 19;
  EXPECT_EQ(Reason(), std::nullopt);
  stats_.candidate.requests = 20;
  EXPECT_NE(Reason(), std::nullopt);
  stats_.champion.errors = stats_.champion.requests;  // nothing is better than the champion
  EXPECT_EQ(Reason(), std::nullopt);
}

// With most candles the candidate's, the champion may never get enough to be compared.
TEST_F(RollbackTest, TakesBackWhatFailsByItself) {
  stats_.champion = {.requests = 19};
  stats_.candidate = {.requests = 20, .errors = 10};
  EXPECT_EQ(Reason(), std::nullopt);
  stats_.candidate.errors = 11;
  EXPECT_THAT(Reason(), Optional(HasSubstr("failed 55.0% of 20 requests")));
  stats_.candidate = {.requests = 19, .errors = 19};
  EXPECT_EQ(Reason(), std::nullopt);
}

TEST_F(RollbackTest, TakesBackWhatHoldsFarMoreOrLess) {
  for (const int64_t holds : {19, 81}) {
    stats_.candidate.holds = holds;
    EXPECT_THAT(Reason(), Optional(HasSubstr("of 100 candles, the champion in 50.0%")));
  }
  for (const int64_t holds : {21, 79}) {
    stats_.candidate.holds = holds;
    EXPECT_EQ(Reason(), std::nullopt);
  }
  stats_.candidate.decided = 49;
  stats_.candidate.holds = 0;
  EXPECT_EQ(Reason(), std::nullopt);
}

TEST_F(RollbackTest, TakesBackWhatIsFarMoreOrLessSure) {
  for (const double sum : {44.0, 76.0}) {
    stats_.candidate.confidence_sum = sum;
    EXPECT_THAT(Reason(), Optional(HasSubstr("mean confidence")));
  }
  for (const double sum : {46.0, 74.0}) {
    stats_.candidate.confidence_sum = sum;
    EXPECT_EQ(Reason(), std::nullopt);
  }
}

TEST_F(RollbackTest, TakesBackWhatTakesTwiceAsLong) {
  stats_.candidate.run_time = absl::Milliseconds(1000);
  EXPECT_EQ(Reason(), std::nullopt);
  stats_.candidate.run_time = absl::Milliseconds(1001);
  EXPECT_THAT(Reason(), Optional(HasSubstr("takes 10.01ms on average, the champion's 5ms")));
  stats_.candidate.runs = 19;
  EXPECT_EQ(Reason(), std::nullopt);
  stats_.candidate.runs = 100;
  stats_.champion.run_time = absl::Microseconds(1000);  // 10 us against 1,009 us: not worth it
  stats_.candidate.run_time = absl::Microseconds(100'900);
  EXPECT_EQ(Reason(), std::nullopt);
}

}  // namespace
}  // namespace aifx::serving
