#include "core/serving/experiment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace aifx::serving {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

const market::CurrencyPair kEuro = *market::CurrencyPair::Parse("EUR/USD");
const market::CurrencyPair kPound = *market::CurrencyPair::Parse("GBP/USD");

ExperimentUnit Hour(int64_t hour) {
  return {kEuro, market::Timeframe::k1Hour, absl::FromUnixSeconds(1528794000 + hour * 3600)};
}

TEST(ExperimentTest, AssignsTheSameForAllTime) {
  // From Python: int(sha256(f"{name}\n{pair}\n{timeframe}\n{seconds}").hexdigest()[:13], 16)
  // / 2**52 * 100
  EXPECT_DOUBLE_EQ(AssignmentPoint("june-ab", Hour(0)), 86.5107939534613);
  EXPECT_DOUBLE_EQ(AssignmentPoint("june-ab", {kPound, market::Timeframe::k1Hour, Hour(0).as_of}),
                   89.70579566559127);
  EXPECT_DOUBLE_EQ(AssignmentPoint("canary-2", {kEuro, market::Timeframe::k15Min, Hour(1).as_of}),
                   74.84612563797943);
}

TEST(ExperimentTest, DividesInTheWantedProportionAndOtherwiseForEachExperiment) {
  constexpr int kUnits = 10'000;
  for (const double percent : {1.0, 5.0, 50.0, 90.0}) {
    int candidates = 0, both = 0;
    for (int i = 0; i < kUnits; ++i) {
      const bool first = AssignmentPoint("a", Hour(i)) < percent;
      candidates += first ? 1 : 0;
      both += first && AssignmentPoint("b", Hour(i)) < percent ? 1 : 0;
    }
    const double share = percent / 100;
    const auto within = [](int count, double expected) {  // five standard deviations
      return std::abs(count - kUnits * expected) <
             5 * std::sqrt(kUnits * expected * (1 - expected)) + 1;
    };
    EXPECT_TRUE(within(candidates, share)) << candidates << " at " << percent;
    EXPECT_TRUE(within(both, share * share)) << both << " at " << percent;
  }
}

Experiment Valid() {
  return {.name = "june-ab",
          .kind = ExperimentKind::kAb,
          .model = "eurusd-1h",
          .candidate = 20180201000000,
          .candidate_percent = 50};
}

TEST(ExperimentTest, ChecksWhatACallerChooses) {
  EXPECT_THAT(CheckExperiment(Valid()), IsEmpty());
  Experiment bounds = Valid();
  bounds.candidate_percent = 0;
  EXPECT_THAT(CheckExperiment(bounds), IsEmpty());
  bounds.candidate_percent = 100;
  EXPECT_THAT(CheckExperiment(bounds), IsEmpty());

  EXPECT_THAT(CheckNewExperiment(Valid()), IsEmpty());
  EXPECT_THAT(CheckNewExperiment(bounds),
              ElementsAre(Field(&base::FieldViolation::field, "experiment.candidate_percent")));
  bounds.kind = ExperimentKind::kShadow;
  EXPECT_THAT(CheckNewExperiment(bounds), IsEmpty());

  Experiment wrong = Valid();
  wrong.name = "June";
  wrong.model = "../x";
  wrong.candidate = 5;
  wrong.candidate_percent = 100.5;
  EXPECT_THAT(CheckExperiment(wrong),
              ElementsAre(Field(&base::FieldViolation::field, "experiment.name"),
                          Field(&base::FieldViolation::field, "experiment.model_name"),
                          Field(&base::FieldViolation::field, "experiment.candidate_version"),
                          Field(&base::FieldViolation::description,
                                "experiment.candidate_percent 100.5 is not in 0..100")));
  Experiment unknown = Valid();
  unknown.candidate_percent = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(CheckExperiment(unknown).size(), 1u);
}

}  // namespace
}  // namespace aifx::serving
