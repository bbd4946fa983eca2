#include "server/rpc/authorizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "core/base/sha256.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/server/rpc/service_fixture.h"

namespace aifx::rpc {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::Not;
using testing::StatusIs;

std::string Line(const std::string& name, const std::string& scopes, const std::string& token) {
  return absl::StrCat(name, "  ", scopes, "\t", base::Sha256Hex(token), "  # a comment\n");
}

class AuthorizerTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<Authorizer>> Open() {
    return Authorizer::Open(
        "tokens", [this](const std::string&) { return content_; }, logger_);
  }

  absl::StatusOr<std::string> content_ =
      absl::StrCat("# who may call\n\n", Line("platform", "predict,record", "open-sesame"),
                   Line("operator", "admin", "skeleton-key"));
  RecordingLogger logger_;
};

TEST_F(AuthorizerTest, WithoutTokensEverybodyMayCall) {
  EXPECT_THAT(Authorizer().Check("ModelService.LoadModel", ""), IsOk());
}

TEST_F(AuthorizerTest, AKnownTokenMayWhatItsScopesSay) {
  ASSERT_OK_AND_ASSIGN(const auto authorizer, Open());
  EXPECT_THAT(authorizer->Check("PredictionService.Predict", "Bearer open-sesame"), IsOk());
  EXPECT_THAT(authorizer->Check("RecordService.UpdateOutcome", "Bearer open-sesame"), IsOk());
  EXPECT_THAT(authorizer->Check("ModelService.LoadModel", "Bearer skeleton-key"), IsOk());
  EXPECT_THAT(authorizer->Check("ModelService.LoadModel", "Bearer open-sesame"),
              StatusIs(absl::StatusCode::kPermissionDenied,
                       AllOf(HasSubstr("platform"), HasSubstr("admin"))));
}

TEST_F(AuthorizerTest, WithoutAKnownTokenNothingGoes) {
  ASSERT_OK_AND_ASSIGN(const auto authorizer, Open());
  for (const std::string shown :
       {"", "open-sesame", "Basic open-sesame", "Bearer ", "Bearer open-sesam",
        "Bearer open-sesame ", "bearer open-sesame"}) {
    EXPECT_THAT(authorizer->Check("PredictionService.Predict", shown),
                StatusIs(absl::StatusCode::kUnauthenticated, Not(HasSubstr("sesam"))))
        << shown;
  }
}

TEST_F(AuthorizerTest, ANewFileCountsFromTheNextRefresh) {
  ASSERT_OK_AND_ASSIGN(const auto authorizer, Open());
  content_ = Line("platform", "predict", "new-token");
  authorizer->Refresh();
  EXPECT_THAT(authorizer->Check("PredictionService.Predict", "Bearer new-token"), IsOk());
  EXPECT_THAT(authorizer->Check("PredictionService.Predict", "Bearer open-sesame"),
              StatusIs(absl::StatusCode::kUnauthenticated, HasSubstr("not known")));
}

TEST_F(AuthorizerTest, ABrokenFileChangesNothingAndIsLoggedOnce) {
  ASSERT_OK_AND_ASSIGN(const auto authorizer, Open());
  content_ = "platform predict secret-not-hashed\n";
  authorizer->Refresh();
  const std::string logged = logger_.text();
  EXPECT_THAT(logged, AllOf(HasSubstr("tokens: line 1"), HasSubstr("sha256sum"),
                            Not(HasSubstr("secret-not-hashed"))));
  authorizer->Refresh();
  EXPECT_EQ(logger_.text(), logged);
  EXPECT_THAT(authorizer->Check("PredictionService.Predict", "Bearer open-sesame"), IsOk());
}

TEST_F(AuthorizerTest, AFileWithoutTokensIsRefused) {
  content_ = "# nobody yet\n";
  EXPECT_THAT(Open().status(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no token")));
}

}  // namespace
}  // namespace aifx::rpc
