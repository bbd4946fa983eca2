#include "server/rpc/scopes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "aifx/ml/v1/model_service.pb.h"
#include "aifx/ml/v1/prediction_service.pb.h"
#include "aifx/ml/v1/record_service.pb.h"
#include "aifx/ml/v1/training_service.pb.h"
#include "tests/support/status_matchers.h"

namespace aifx::rpc {
namespace {

using ::testing::HasSubstr;
using testing::StatusIs;

// Every method of our own services, as the guard names them.
std::vector<std::string> Methods() {
  std::vector<std::string> methods;
  for (const google::protobuf::FileDescriptor* file :
       {ml::v1::PredictRequest::descriptor()->file(),
        ml::v1::ListModelsRequest::descriptor()->file(),
        ml::v1::SubmitPredictionRequest::descriptor()->file(),
        ml::v1::StartTrainingRequest::descriptor()->file()}) {
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) {
        methods.push_back(
            absl::StrCat(file->service(s)->name(), ".", file->service(s)->method(m)->name()));
      }
    }
  }
  return methods;
}

bool Changes(const std::string& method) {
  const std::string name = method.substr(method.find('.') + 1);
  for (const char* verb :
       {"Load", "Unload", "Set", "Create", "End", "Start", "Cancel", "Requeue", "Purge"}) {
    if (absl::StartsWith(name, verb)) return true;
  }
  return false;
}

TEST(ScopeOfTest, WhatChangesTheServerTakesAdminAndNothingElseDoes) {
  ASSERT_GT(Methods().size(), 20u);
  for (const std::string& method : Methods()) {
    EXPECT_EQ(ScopeOf(method) == Scope::kAdmin, Changes(method)) << method;
  }
}

TEST(ScopeOfTest, ServicesAreApart) {
  EXPECT_EQ(ScopeOf("PredictionService.Predict"), Scope::kPredict);
  EXPECT_EQ(ScopeOf("RecordService.SubmitPrediction"), Scope::kRecord);
  EXPECT_EQ(ScopeOf("GRPCInferenceService.ModelInfer"), Scope::kPredict);
  EXPECT_EQ(ScopeOf("GRPCInferenceService.RepositoryModelLoad"), Scope::kAdmin);
}

TEST(ScopeOfTest, WhatIsNotKnownTakesAdmin) {
  EXPECT_EQ(ScopeOf("NewService.Anything"), Scope::kAdmin);
}

TEST(ScopesTest, AdminIncludesTheOthers) {
  ASSERT_OK_AND_ASSIGN(const Scopes admin, ScopesFromText("admin"));
  EXPECT_TRUE(admin.Allow(Scope::kPredict) && admin.Allow(Scope::kRecord));
  ASSERT_OK_AND_ASSIGN(const Scopes two, ScopesFromText("predict,record"));
  EXPECT_TRUE(two.Allow(Scope::kPredict) && two.Allow(Scope::kRecord));
  EXPECT_FALSE(two.Allow(Scope::kAdmin));
}

TEST(ScopesTest, UnknownWordsAreNamed) {
  EXPECT_THAT(ScopesFromText("predict,root"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("\"root\"")));
}

}  // namespace
}  // namespace aifx::rpc
