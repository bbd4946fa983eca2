#include "core/base/violation.h"

#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace aifx::base {
namespace {

using ::aifx::testing::StatusIs;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

std::vector<FieldViolation> Violations(size_t count) {
  std::vector<FieldViolation> violations;
  for (size_t i = 0; i < count; ++i) {
    const std::string field = "candles[" + std::to_string(i) + "].low";
    violations.push_back({field, field + " 0 is not positive"});
  }
  return violations;
}

TEST(ViolationTest, TheMessageIsTheFirstAndHowManyMore) {
  EXPECT_THAT(InvalidArgument(Violations(1)),
              StatusIs(absl::StatusCode::kInvalidArgument, "candles[0].low 0 is not positive"));
  EXPECT_THAT(InvalidArgument(Violations(2)),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "candles[0].low 0 is not positive (and 1 more violation)"));
  EXPECT_THAT(InvalidArgument(Violations(3)),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "candles[0].low 0 is not positive (and 2 more violations)"));
}

TEST(ViolationTest, CarriesThemAll) {
  for (size_t count : {1, 2, 51}) {
    EXPECT_THAT(ViolationsOf(InvalidArgument(Violations(count))),
                ElementsAreArray(Violations(count)));
  }
}

TEST(ViolationTest, OfTooManyTheFirstAreListedAndTheRestIsCounted) {
  const std::vector<FieldViolation> all = Violations(1000);
  ViolationList collected;
  for (const FieldViolation& violation : all) collected.push_back(violation);
  EXPECT_EQ(collected.size(), 1000u);
  EXPECT_EQ(collected.listed().size(), ViolationList::kMaxListed);
  std::vector<FieldViolation> listed = Violations(ViolationList::kMaxListed);
  listed.push_back({"...", "and 950 more"});
  for (const absl::Status& status : {InvalidArgument(collected), InvalidArgument(all)}) {
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument,
                                 "candles[0].low 0 is not positive (and 999 more violations)"));
    EXPECT_THAT(ViolationsOf(status), ElementsAreArray(listed));
  }
}

TEST(ViolationTest, CarriesAwkwardText) {
  const std::vector<FieldViolation> violations = {
      {"pair", "pair \"E\\R\nUSD\" \x01 \xe2\x82\xac [\"]"}, {"", ""}};
  EXPECT_EQ(ViolationsOf(InvalidArgument(violations)), violations);
}

TEST(ViolationTest, ReplacesTextThatIsNotUtf8) {
  const std::vector<FieldViolation> back = ViolationsOf(InvalidArgument({{"pair", "a\xff b"}}));
  ASSERT_EQ(back.size(), 1u);
  EXPECT_EQ(back[0].description, "a\xef\xbf\xbd b");
}

TEST(ViolationTest, OtherStatusesCarryNothing) {
  const absl::Status plain = absl::InvalidArgumentError("plain");
  EXPECT_THAT(ViolationsOf(plain), IsEmpty());
  EXPECT_THAT(ViolationsOf(absl::OkStatus()), IsEmpty());
  EXPECT_EQ(ReasonOf(plain), "");
  EXPECT_LT(RetryAfterSecondsOf(plain), 0);
}

TEST(ViolationTest, ReasonAndRetryTravelBesideTheViolations) {
  absl::Status status = InvalidArgument(Violations(2));
  const std::string message(status.message());
  status = WithRetryAfter(WithReason(std::move(status), "TOO_FEW_CANDLES"), 2.5);
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument, message));
  EXPECT_EQ(ReasonOf(status), "TOO_FEW_CANDLES");
  EXPECT_EQ(RetryAfterSecondsOf(status), 2.5);
  EXPECT_EQ(ViolationsOf(status), Violations(2));
}

TEST(ViolationTest, TheLastReasonAndRetryCount) {
  absl::Status status = absl::UnavailableError("down");
  status = WithReason(WithReason(std::move(status), "A"), "B");
  status = WithRetryAfter(WithRetryAfter(std::move(status), 1), 0);
  EXPECT_EQ(ReasonOf(status), "B");
  EXPECT_EQ(RetryAfterSecondsOf(status), 0);
}

}  // namespace
}  // namespace aifx::base
