#include "client/cli/train_options.h"

#include <gmock/gmock.h>

#include "client/cli/train_weekly.h"
#include "client/cli/words.h"
#include "tests/support/status_matchers.h"

namespace aifx::cli {
namespace {

using ::aifx::testing::StatusIs;
using ::testing::HasSubstr;

TrainWeeklyOptions Options() {
  return {.pair = "eurusd", .spec = {.pair = *market::CurrencyPair::Parse("EUR/USD")}};
}

absl::Time At(const char* text) { return *ParseTimeWord(text); }

TEST(TrainOptionsTest, TakesThirtyDaysUpToNow) {
  ASSERT_OK_AND_ASSIGN(const auto spec, MakeSpec(Options(), At("2018-03-31")));
  EXPECT_EQ(spec.start, At("2018-03-01"));
  EXPECT_EQ(spec.end, At("2018-03-31"));
  EXPECT_EQ(spec.pair.ToString(), "EUR/USD");
}

TEST(TrainOptionsTest, CountsDaysBackFromTheEnd) {
  TrainWeeklyOptions options = Options();
  options.days = 7;
  options.end = "2018-01-15";
  ASSERT_OK_AND_ASSIGN(const auto spec, MakeSpec(options, At("2020-01-01")));
  EXPECT_EQ(spec.start, At("2018-01-08"));
}

TEST(TrainOptionsTest, RefusesWhatMakesNoSense) {
  TrainWeeklyOptions options = Options();
  options.start = "2018-02-01";
  options.end = "2018-01-01";
  EXPECT_THAT(MakeSpec(options, At("2020-01-01")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--start 2018-02-01")));
  options.start = "Monday";
  EXPECT_THAT(MakeSpec(options, At("2020-01-01")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--start: 'Monday'")));
}

TEST(TrainOptionsTest, ExitCodesAreTheJobs) {
  EXPECT_EQ(TrainExitCode(absl::OkStatus()), 0);
  EXPECT_EQ(TrainExitCode(absl::OutOfRangeError("too few")), 75);
  EXPECT_EQ(TrainExitCode(absl::InvalidArgumentError("bad")), 2);
  EXPECT_EQ(TrainExitCode(absl::UnavailableError("down")), 1);
}

}  // namespace
}  // namespace aifx::cli
