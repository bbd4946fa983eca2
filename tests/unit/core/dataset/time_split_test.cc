#include "core/dataset/time_split.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/candles.h"
#include "tests/support/status_matchers.h"

namespace aifx::dataset {
namespace {

using ::aifx::testing::StatusIs;
using ::aifx::testing::Time;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

absl::Time Hour(int hour) { return Time("2018-06-12T00:00:00Z") + absl::Hours(hour); }

// Rows 0, 1, ... known every hour; each answer is known `hours` later.
std::vector<RowTime> Hourly(int count, int hours) {
  std::vector<RowTime> rows;
  for (int i = 0; i < count; ++i) rows.push_back({Hour(i), Hour(i + hours)});
  return rows;
}

TEST(SplitByTimeTest, PurgesByEachRowsOwnEnd) {
  std::vector<RowTime> rows = Hourly(12, 1);
  rows[1].end = Hour(5);  // reaches into the validation
  rows[2].end = Hour(4);  // is known at the cut, so before the validation's first row
  rows[3].end = Hour(9);  // reaches into the test
  rows[6].end = Hour(8);
  rows[7].end = Hour(8) + absl::Seconds(1);
  ASSERT_OK_AND_ASSIGN(const TimeSplit split,
                       SplitByTime(rows, {.train_until = Hour(4), .validation_until = Hour(8)}));
  EXPECT_THAT(split.of(Part::kTrain).rows, ElementsAre(0, 2));
  EXPECT_EQ(split.of(Part::kTrain).purged, 3) << "rows 1, 3 and 4";
  EXPECT_THAT(split.of(Part::kValidation).rows, ElementsAre(5, 6));
  EXPECT_EQ(split.of(Part::kValidation).purged, 2) << "rows 7 and 8";
  EXPECT_THAT(split.of(Part::kTest).rows, ElementsAre(9, 10, 11));
  EXPECT_EQ(split.of(Part::kTest).purged, 0) << "no part follows";
}

TEST(SplitByTimeTest, EmbargoesTrainingThatFollowsTheTest) {
  const auto rows = Hourly(20, 1);
  const SplitRule rule{.train_until = Hour(5),
                       .validation_until = Hour(9),
                       .test_until = Hour(13),
                       .embargo = absl::Hours(3)};
  ASSERT_OK_AND_ASSIGN(const TimeSplit split, SplitByTime(rows, rule));
  EXPECT_THAT(split.of(Part::kTest).rows, ElementsAre(10, 11, 12));
  EXPECT_EQ(split.of(Part::kTest).purged, 1) << "row 13's answer ends in the later training";
  EXPECT_THAT(split.of(Part::kTrain).rows, ElementsAre(0, 1, 2, 3, 4, 17, 18, 19));
  EXPECT_EQ(split.of(Part::kTrain).embargoed, 3);
  EXPECT_EQ(split.of(Part::kTrain).purged, 1);
}

TEST(SplitByTimeTest, WithoutAnEmbargoWindowsOfTrainingHoldNoCandleOfTheTest) {
  auto rows = Hourly(20, 1);
  for (int i = 0; i < 20; ++i) rows[i].oldest = Hour(i - 2);  // windows of three candles
  rows[16].oldest = Hour(13);                                 // over a closed market
  SplitRule rule{.train_until = Hour(5), .validation_until = Hour(9), .test_until = Hour(13)};
  ASSERT_OK_AND_ASSIGN(const TimeSplit split, SplitByTime(rows, rule));
  EXPECT_THAT(split.of(Part::kTrain).rows, ElementsAre(0, 1, 2, 3, 4, 17, 18, 19));
  EXPECT_EQ(split.of(Part::kTrain).embargoed, 3);
  rule.embargo = absl::ZeroDuration();
  ASSERT_OK_AND_ASSIGN(const TimeSplit none, SplitByTime(rows, rule));
  EXPECT_EQ(none.of(Part::kTrain).embargoed, 0);
}

TEST(SplitByTimeTest, SharesAreOfRowsInTimeOrder) {
  ASSERT_OK_AND_ASSIGN(const TimeSplit split, SplitByTime(Hourly(20, 0), SplitRule()));
  EXPECT_EQ(split.of(Part::kTrain).rows.size(), 14);
  EXPECT_EQ(split.of(Part::kValidation).rows.size(), 3);
  EXPECT_EQ(split.of(Part::kTest).rows.size(), 3);
  EXPECT_THAT(split.cuts, ElementsAre(Hour(13), Hour(16)));
}

TEST(SplitByTimeTest, RefusesCutsThatMakeNoSense) {
  const auto rows = Hourly(20, 1);
  const auto refused = [&](SplitRule rule) { return SplitByTime(rows, rule).status(); };
  constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
  EXPECT_THAT(refused({.train_until = Hour(-1), .validation_until = Hour(5)}),
              StatusIs(kInvalid, AllOf(HasSubstr("train_until 2018-06-11T23:00:00Z is outside"),
                                       HasSubstr("from 2018-06-12T00:00:00Z"),
                                       HasSubstr("to 2018-06-12T19:00:00Z"))));
  EXPECT_THAT(refused({.train_until = Hour(5), .validation_until = Hour(19)}),
              StatusIs(kInvalid, HasSubstr("validation_until 2018-06-12T19:00:00Z is outside")))
      << "no row would be left for the test";
  EXPECT_THAT(refused({.train_until = Hour(6), .validation_until = Hour(6)}),
              StatusIs(kInvalid, HasSubstr("is not after train_until")));
  EXPECT_THAT(refused({.train_until = 0.5, .validation_until = Hour(3)}),
              StatusIs(kInvalid, HasSubstr("is not after train_until")));
  EXPECT_THAT(refused({.train_until = 1.0}), StatusIs(kInvalid, HasSubstr("train_until is 1")));
  EXPECT_THAT(refused({.test_until = Hour(30)}),
              StatusIs(kInvalid, HasSubstr("test_until 2018-06-13T06:00:00Z is outside")));
}

TEST(SplitByTimeTest, TellsWhichPartIsLeftWithoutARow) {
  EXPECT_THAT(SplitByTime(Hourly(20, 8), SplitRule()).status(),
              StatusIs(absl::StatusCode::kOutOfRange,
                       HasSubstr("no row is left in the part validation: 3 purged")));
}

}  // namespace
}  // namespace aifx::dataset
