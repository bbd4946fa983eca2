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

// Of rows that every candle has.
absl::StatusOr<TimeSplit> Split(const std::vector<RowTime>& rows, const SplitRule& rule,
                                size_t row_candles = 1) {
  std::vector<absl::Time> closes;
  for (const RowTime& row : rows) closes.push_back(row.as_of);
  return SplitByTime({.rows = rows, .closes = closes, .row_candles = row_candles}, rule);
}

TEST(SplitByTimeTest, PurgesByEachRowsOwnEnd) {
  std::vector<RowTime> rows = Hourly(12, 1);
  rows[1].end = Hour(5);  // reaches into the validation
  rows[2].end = Hour(4);  // is known at the cut, so before the validation's first row
  rows[3].end = Hour(9);  // reaches into the test
  rows[6].end = Hour(8);
  rows[7].end = Hour(8) + absl::Seconds(1);
  ASSERT_OK_AND_ASSIGN(const TimeSplit split,
                       Split(rows, {.train_until = Hour(4), .validation_until = Hour(8)}));
  EXPECT_THAT(split.of(Part::kTrain).rows, ElementsAre(0, 2));
  EXPECT_EQ(split.of(Part::kTrain).purged, 3) << "rows 1, 3 and 4";
  EXPECT_THAT(split.of(Part::kValidation).rows, ElementsAre(5, 6));
  EXPECT_EQ(split.of(Part::kValidation).purged, 2) << "rows 7 and 8";
  EXPECT_THAT(split.of(Part::kTest).rows, ElementsAre(9, 10, 11));
  EXPECT_EQ(split.of(Part::kTest).purged, 0) << "no part follows";
}

constexpr size_t kEmbargo = 3;

SplitRule TrainAgainAfter(absl::Time test_until) {
  return {.train_until = Hour(5),
          .validation_until = Hour(9),
          .test_until = test_until,
          .embargo = kEmbargo};
}

TEST(SplitByTimeTest, EmbargoesTrainingThatFollowsTheTest) {
  const auto rows = Hourly(20, 1);
  ASSERT_OK_AND_ASSIGN(const TimeSplit split, Split(rows, TrainAgainAfter(Hour(13))));
  EXPECT_THAT(split.of(Part::kTest).rows, ElementsAre(10, 11, 12));
  EXPECT_EQ(split.of(Part::kTest).purged, 1) << "row 13's answer ends in the later training";
  EXPECT_THAT(split.of(Part::kTrain).rows, ElementsAre(0, 1, 2, 3, 4, 17, 18, 19));
  EXPECT_EQ(split.of(Part::kTrain).embargoed, 3);
  EXPECT_EQ(split.of(Part::kTrain).purged, 1);
  EXPECT_EQ(split.embargo_candles, 3);
  EXPECT_EQ(split.embargo_until, Hour(16));
}

TEST(SplitByTimeTest, TheEmbargoIsByDefaultWhatARowDependsOn) {
  SplitRule rule = TrainAgainAfter(Hour(13));
  rule.embargo.reset();
  ASSERT_OK_AND_ASSIGN(const TimeSplit split, Split(Hourly(20, 1), rule, 5));
  EXPECT_EQ(split.of(Part::kTrain).embargoed, 5);
  EXPECT_EQ(split.of(Part::kTrain).rows.back(), 19);
  rule.embargo = 0;
  ASSERT_OK_AND_ASSIGN(const TimeSplit none, Split(Hourly(20, 1), rule, 5));
  EXPECT_EQ(none.of(Part::kTrain).embargoed, 0);
  EXPECT_EQ(none.embargo_until, Hour(13));
  rule.embargo = 100;
  ASSERT_OK_AND_ASSIGN(const TimeSplit all, Split(Hourly(20, 1), rule));
  EXPECT_EQ(all.of(Part::kTrain).embargoed, 6) << "more than follow";
  EXPECT_EQ(all.embargo_until, Hour(19));
}

TEST(SplitByTimeTest, TheEmbargoCountsCandlesNotHoursOrRows) {
  // The market closes for two days behind the cut, and the first candle after it has no row.
  std::vector<RowTime> rows = Hourly(20, 0);
  for (size_t i = 14; i < rows.size(); ++i) {
    rows[i].as_of += absl::Hours(48);
    rows[i].end += absl::Hours(48);
  }
  std::vector<absl::Time> closes;
  for (const RowTime& row : rows) closes.push_back(row.as_of);
  rows.erase(rows.begin() + 14);
  ASSERT_OK_AND_ASSIGN(const TimeSplit split,
                       SplitByTime({.rows = rows, .closes = closes}, TrainAgainAfter(Hour(13))));
  EXPECT_EQ(split.of(Part::kTrain).embargoed, 2) << "candles 15 and 16; 14 has no row";
  EXPECT_EQ(split.embargo_until, Hour(16 + 48));
}

TEST(SplitByTimeTest, SharesAreOfRowsInTimeOrder) {
  ASSERT_OK_AND_ASSIGN(const TimeSplit split, Split(Hourly(20, 0), SplitRule()));
  EXPECT_EQ(split.of(Part::kTrain).rows.size(), 14);
  EXPECT_EQ(split.of(Part::kValidation).rows.size(), 3);
  EXPECT_EQ(split.of(Part::kTest).rows.size(), 3);
  EXPECT_THAT(split.cuts, ElementsAre(Hour(13), Hour(16)));
}

TEST(SplitByTimeTest, SharesAreToTheNearestRow) {
  EXPECT_EQ(RowsOfShare(0.7, 1001), 701) << "700.7";
  EXPECT_EQ(RowsOfShare(0.7, 1002), 701) << "701.4";
  EXPECT_EQ(RowsOfShare(0.29, 100), 29) << "28.999... in binary";
  ASSERT_OK_AND_ASSIGN(const TimeSplit split, Split(Hourly(11, 0), SplitRule()));
  EXPECT_THAT(split.cuts, ElementsAre(Hour(7), Hour(8))) << "of 7.7 and 9.35 rows";
}

TEST(SplitByTimeTest, SharesCountRowsThatAreLeftOut) {
  std::vector<RowTime> rows = Hourly(20, 0);
  std::vector<absl::Time> closes;
  for (const RowTime& row : rows) closes.push_back(row.as_of);
  rows.erase(rows.begin() + 2, rows.begin() + 8);
  ASSERT_OK_AND_ASSIGN(const TimeSplit split,
                       SplitByTime({.rows = rows, .closes = closes}, SplitRule()));
  EXPECT_THAT(split.cuts, ElementsAre(Hour(13), Hour(16)));
  EXPECT_EQ(split.of(Part::kTrain).rows.size(), 8);
}

TEST(SplitByTimeTest, RefusesCutsThatMakeNoSense) {
  const auto rows = Hourly(20, 1);
  const auto refused = [&](SplitRule rule) { return Split(rows, rule).status(); };
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
  EXPECT_THAT(Split(Hourly(20, 8), SplitRule()).status(),
              StatusIs(absl::StatusCode::kOutOfRange,
                       HasSubstr("no row is left in the part validation: 3 purged")));
}

TEST(SplitByTimeTest, CutsThatLeaveAPartEmptyAreWrongNotTooEarly) {
  // Nothing is known while the market is closed, from hour 10 to hour 58.
  std::vector<RowTime> rows = Hourly(20, 0);
  for (size_t i = 11; i < rows.size(); ++i) rows[i].as_of += absl::Hours(48);
  const auto refused = [&](SplitRule rule) { return Split(rows, rule).status(); };
  constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
  EXPECT_THAT(
      refused({.train_until = Hour(20), .validation_until = Hour(22)}),
      StatusIs(kInvalid, AllOf(HasSubstr("train_until 2018-06-12T20:00:00Z and validation_until "
                                         "2018-06-12T22:00:00Z leave no row for the part "
                                         "validation"),
                               HasSubstr("rows are known from 2018-06-12T00:00:00Z to "))));
  EXPECT_THAT(
      refused({.train_until = Hour(5), .validation_until = Hour(20), .test_until = Hour(22)}),
      StatusIs(kInvalid,
               AllOf(HasSubstr("validation_until 2018-06-12T20"),
                     HasSubstr("test_until 2018-06-12T22"), HasSubstr("for the part test"))));
}

TEST(SplitByTimeTest, TooFewRowsForTheSharesAreNamedWithTheCut) {
  constexpr auto kTooFew = absl::StatusCode::kOutOfRange;
  EXPECT_THAT(Split(Hourly(3, 0), SplitRule()).status(),
              StatusIs(kTooFew, HasSubstr("3 rows are too few for validation_until 0.85")));
  EXPECT_THAT(Split(Hourly(4, 0), SplitRule()).status(),
              StatusIs(kTooFew, HasSubstr("validation_until 0.85 (2018-06-12T02:00:00Z) is not "
                                          "after train_until 0.7 (2018-06-12T02:00:00Z)")));
  EXPECT_THAT(Split(Hourly(20, 0), {.train_until = 0.8, .validation_until = 0.7}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("is not after")));
}

}  // namespace
}  // namespace aifx::dataset
