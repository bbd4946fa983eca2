#include "client/cli/features/split.h"

#include <gtest/gtest.h>

#include <array>

#include "tests/support/candles.h"
#include "tests/support/status_matchers.h"

namespace aifx::cli {
namespace {

using ::aifx::testing::StatusIs;
using ::aifx::testing::Time;
using ::testing::HasSubstr;

auto Refused(const std::string& text) {
  return StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(text));
}

TEST(SplitTest, TimesAndShares) {
  ASSERT_OK_AND_ASSIGN(const SplitPlan times, ParseSplit("2024-08-31", "2024-12-31"));
  EXPECT_EQ(times.train_until.time, Time("2024-08-31T00:00:00Z"));
  EXPECT_EQ(times.validation_until.time, Time("2024-12-31T00:00:00Z"));
  ASSERT_OK_AND_ASSIGN(const SplitPlan shares, ParseSplit("0.7", "0.85"));
  EXPECT_FALSE(shares.train_until.time.has_value());
  EXPECT_EQ(shares.train_until.share, 0.7);
  EXPECT_EQ(shares.validation_until.share, 0.85);
}

TEST(SplitTest, RefusesWhatIsNoSplit) {
  EXPECT_THAT(ParseSplit("2024-08-31", "2024-08-31"),
              Refused("the second must be after the first"));
  // As if the second share did not count from the start.
  EXPECT_THAT(ParseSplit("0.7", "0.15"),
              Refused("--train-until 0.7 and --validation-until 0.15: the second must be after the "
                      "first; shares count from the start"));
  EXPECT_THAT(ParseSplit("1.7", "0.8"), Refused("--train-until: "));
  EXPECT_THAT(ParseSplit("0.7", "1"), Refused("--validation-until: "));
  EXPECT_THAT(ParseSplit("nan", "0.8"), Refused("--train-until: "));
}

TEST(SplitTest, ARowBelongsToThePartInWhichItBecomesKnown) {
  ASSERT_OK_AND_ASSIGN(const SplitPlan plan, ParseSplit("2024-08-31", "2024-12-31"));
  const Splitter splitter(plan, 0);
  EXPECT_EQ(splitter.PartOf(9, Time("2024-08-31T00:00:00Z")), 0u);
  EXPECT_EQ(splitter.PartOf(9, Time("2024-08-31T00:00:01Z")), 1u);
  EXPECT_EQ(splitter.PartOf(9, Time("2024-12-31T00:00:00Z")), 1u);
  EXPECT_EQ(splitter.PartOf(9, Time("2024-12-31T00:00:01Z")), 2u);
}

// Rows that are known every hour.
PartCounter Counted(const SplitPlan& plan, int64_t rows) {
  PartCounter counter(plan);
  for (int64_t i = 0; i < rows; ++i) {
    counter.Add(Time("2018-01-01T00:00:00Z") + absl::Hours(i));
  }
  return counter;
}

TEST(SplitTest, SharesCountRows) {
  ASSERT_OK_AND_ASSIGN(const SplitPlan plan, ParseSplit("0.7", "0.85"));
  const Splitter splitter(plan, 1001);
  EXPECT_THAT(Counted(plan, 1001).Count(), ::testing::ElementsAre(701, 150, 150));
  const absl::Time any = Time("2024-08-31T23:00:00Z");
  EXPECT_EQ(splitter.PartOf(700, any), 0u);
  EXPECT_EQ(splitter.PartOf(701, any), 1u);
  EXPECT_EQ(splitter.PartOf(850, any), 1u);
  EXPECT_EQ(splitter.PartOf(851, any), 2u);
}

TEST(SplitTest, TimesAndSharesGoTogether) {
  // Hour 48 is row 48.
  ASSERT_OK_AND_ASSIGN(const SplitPlan time_first, ParseSplit("2018-01-03", "0.85"));
  EXPECT_THAT(Counted(time_first, 100).Count(), ::testing::ElementsAre(49, 36, 15));
  ASSERT_OK_AND_ASSIGN(const SplitPlan share_first, ParseSplit("0.3", "2018-01-03"));
  EXPECT_THAT(Counted(share_first, 100).Count(), ::testing::ElementsAre(30, 19, 51));
  const Splitter splitter(share_first, 100);
  EXPECT_EQ(splitter.PartOf(29, Time("2018-01-02T05:00:00Z")), 0u);
  EXPECT_EQ(splitter.PartOf(30, Time("2018-01-02T06:00:00Z")), 1u);
  EXPECT_EQ(splitter.PartOf(49, Time("2018-01-03T01:00:00Z")), 2u);
  // In the wrong order nothing is left for validation, which CheckSplit refuses.
  ASSERT_OK_AND_ASSIGN(const SplitPlan wrong, ParseSplit("0.7", "2018-01-03"));
  EXPECT_THAT(Counted(wrong, 100).Count(), ::testing::ElementsAre(70, 0, 30));
}

struct OutsideCase {
  std::array<int64_t, kParts> rows_of_part;  // of 3000
  const char* want;                          // empty: accepted
};
constexpr OutsideCase kOutside[] = {
    {{1, 2998, 1}, ""},
    {{0, 1000, 2000}, "--train-until 2018-02-01 is outside the data"},
    {{3000, 0, 0}, "--train-until 2018-02-01 is outside the data"},
    {{2000, 1000, 0}, "--validation-until 2018-03-01 is outside the data"},
    {{0, 0, 3000}, "--train-until 2018-02-01 is outside the data"},
    {{2000, 0, 1000}, "leave no rows for validation"},  // between two candles, such as a weekend
};

TEST(SplitTest, TimesOutsideTheDataAreNamedWithItsRange) {
  const RowRange range{
      .rows = 3000, .first = Time("2018-01-01T10:00:00Z"), .last = Time("2018-06-01T12:00:00Z")};
  ASSERT_OK_AND_ASSIGN(const SplitPlan plan, ParseSplit("2018-02-01", "2018-03-01"));
  for (const OutsideCase& t : kOutside) {
    SCOPED_TRACE(::testing::PrintToString(t.rows_of_part));
    const absl::Status status = CheckSplit(plan, range, t.rows_of_part);
    if (*t.want == '\0') {
      EXPECT_OK(status);
    } else {
      EXPECT_THAT(status, Refused(t.want));
      EXPECT_THAT(status.message(),
                  HasSubstr("3000 rows open from 2018-01-01 10:00 UTC to 2018-06-01 12:00 UTC"));
    }
  }
}

TEST(SplitTest, APartWithoutRowsIsNamed) {
  ASSERT_OK_AND_ASSIGN(const SplitPlan plan, ParseSplit("0.7", "0.85"));
  const RowRange range{
      .rows = 2, .first = Time("2018-01-01T10:00:00Z"), .last = Time("2018-01-01T11:00:00Z")};
  EXPECT_THAT(CheckSplit(plan, range, Counted(plan, 2).Count()),
              Refused("leave no rows for test: 2 rows"));
}

}  // namespace
}  // namespace aifx::cli
