#include "core/base/status_macros.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/support/status_matchers.h"

namespace aifx::base {
namespace {

using ::aifx::testing::IsOkAndHolds;
using ::aifx::testing::StatusIs;

absl::Status Check(const absl::Status& status, int& reached) {
  AIFX_RETURN_IF_ERROR(status);
  ++reached;
  return absl::OkStatus();
}

absl::StatusOr<int> Sum(const absl::StatusOr<int>& a, const absl::StatusOr<int>& b) {
  AIFX_ASSIGN_OR_RETURN(const int first, a);
  AIFX_ASSIGN_OR_RETURN(const int second, b);
  return first + second;
}

absl::StatusOr<std::unique_ptr<int>> Own(absl::StatusOr<std::unique_ptr<int>> value) {
  AIFX_ASSIGN_OR_RETURN(std::unique_ptr<int> owned, std::move(value));
  return owned;
}

TEST(StatusMacrosTest, ReturnIfErrorReturnsTheErrorAndElseGoesOn) {
  int reached = 0;
  EXPECT_OK(Check(absl::OkStatus(), reached));
  EXPECT_EQ(reached, 1);
  EXPECT_THAT(Check(absl::DataLossError("torn"), reached),
              StatusIs(absl::StatusCode::kDataLoss, "torn"));
  EXPECT_EQ(reached, 1);
}

TEST(StatusMacrosTest, AssignOrReturnAssignsOrReturnsTheFirstError) {
  EXPECT_THAT(Sum(2, 3), IsOkAndHolds(5));
  EXPECT_THAT(Sum(absl::NotFoundError("a"), absl::AbortedError("b")),
              StatusIs(absl::StatusCode::kNotFound, "a"));
  EXPECT_THAT(Sum(2, absl::AbortedError("b")), StatusIs(absl::StatusCode::kAborted, "b"));
}

TEST(StatusMacrosTest, AssignOrReturnMovesAndKeepsPayloads) {
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<int> owned, Own(std::make_unique<int>(7)));
  EXPECT_EQ(*owned, 7);
  absl::Status status = absl::InternalError("x");
  status.SetPayload("key", absl::Cord("value"));
  EXPECT_EQ(Own(status).status(), status);
}

}  // namespace
}  // namespace aifx::base
