#ifndef AIFX_TESTS_SUPPORT_STATUS_MATCHERS_H_
#define AIFX_TESTS_SUPPORT_STATUS_MATCHERS_H_

#include <gmock/gmock.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace aifx::testing {

inline const absl::Status& GetStatus(const absl::Status& status) { return status; }
template <typename T>
const absl::Status& GetStatus(const absl::StatusOr<T>& status_or) {
  return status_or.status();
}

MATCHER(IsOk, negation ? "is not OK" : "is OK") {
  *result_listener << GetStatus(arg).ToString();
  return GetStatus(arg).ok();
}

// The value of a StatusOr matches `inner`.
MATCHER_P(IsOkAndHolds, inner, "is OK and its value matches") {
  if (!arg.ok()) {
    *result_listener << arg.status().ToString();
    return false;
  }
  return ::testing::ExplainMatchResult(inner, *arg, result_listener);
}

// The code equals `code` and the message matches `message` (a string or a matcher).
MATCHER_P2(StatusIs, code, message, "has the given status code and message") {
  const absl::Status& status = GetStatus(arg);
  *result_listener << status.ToString();
  return status.code() == code &&
         ::testing::ExplainMatchResult(message, std::string(status.message()), result_listener);
}

}  // namespace aifx::testing

#define ASSERT_OK(expr) ASSERT_THAT((expr), ::aifx::testing::IsOk())
#define EXPECT_OK(expr) EXPECT_THAT((expr), ::aifx::testing::IsOk())

// ASSERT_OK_AND_ASSIGN(auto x, F()): fails the test with F's status, or declares x.
#define ASSERT_OK_AND_ASSIGN(declaration, expr) \
  ASSERT_OK_AND_ASSIGN_IMPL(AIFX_TEST_CONCAT(test_status_or_, __LINE__), declaration, expr)
#define AIFX_TEST_CONCAT_INNER(a, b) a##b
#define AIFX_TEST_CONCAT(a, b) AIFX_TEST_CONCAT_INNER(a, b)
#define ASSERT_OK_AND_ASSIGN_IMPL(temporary, declaration, expr) \
  auto temporary = (expr);                                      \
  ASSERT_TRUE(temporary.ok()) << temporary.status().ToString(); \
  declaration = *std::move(temporary)

#endif  // AIFX_TESTS_SUPPORT_STATUS_MATCHERS_H_
