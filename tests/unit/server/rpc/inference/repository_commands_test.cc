#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/violation.h"
#include "tests/unit/server/rpc/inference/inference_fixture.h"

namespace aifx::rpc {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST_F(InferenceServiceTest, IndexListsTheStore) {
  ::inference::RepositoryIndexRequest request;
  ::inference::RepositoryIndexResponse response;
  ASSERT_TRUE(Call(&Stub::RepositoryIndex, request, response).ok());
  ASSERT_EQ(response.models_size(), 3);
  EXPECT_EQ(response.models(0).name(), "eurusd-1h");
  EXPECT_EQ(response.models(0).version(), absl::StrCat(kOld));
  EXPECT_EQ(response.models(0).state(), "READY");
  EXPECT_EQ(response.models(1).state(), "UNAVAILABLE");
  EXPECT_THAT(response.models(2).reason(),
              AllOf(HasSubstr("is damaged"), Not(HasSubstr(folder_.path()))));
  request.set_ready(true);
  response.Clear();
  ASSERT_TRUE(Call(&Stub::RepositoryIndex, request, response).ok());
  EXPECT_EQ(response.models_size(), 1);
  request.set_repository_name("elsewhere");
  EXPECT_EQ(Call(&Stub::RepositoryIndex, request, response).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(InferenceServiceTest, LoadsInBothDialects) {
  ::inference::RepositoryModelLoadRequest request;
  ::inference::RepositoryModelLoadResponse response;
  request.set_model_name("eurusd-1h");
  ASSERT_TRUE(Call(&Stub::RepositoryModelLoad, request, response).ok());
  request.clear_model_name();
  request.set_repository_name("gbpusd-1h");  // the other dialect's name of the model
  (*request.mutable_parameters())["version"].set_string_param(absl::StrCat(kOld));
  ASSERT_TRUE(Call(&Stub::RepositoryModelLoad, request, response).ok());
  EXPECT_EQ(response.model_name(), "gbpusd-1h");
  EXPECT_TRUE(response.is_loaded());
  EXPECT_THAT(control_.commands,
              ElementsAre("load eurusd-1h 0", absl::StrCat("load gbpusd-1h ", kOld)));
}

TEST_F(InferenceServiceTest, LoadSaysWhyNot) {
  control_.status = base::WithReason(
      absl::FailedPreconditionError(absl::StrCat(folder_.path(), "/gbpusd-1h/model.pt is damaged")),
      "MODEL_FAILED");
  ::inference::RepositoryModelLoadRequest request;
  ::inference::RepositoryModelLoadResponse response;
  request.set_model_name("gbpusd-1h");
  const grpc::Status status = Call(&Stub::RepositoryModelLoad, request, response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(status.error_message(), "gbpusd-1h/model.pt is damaged");
}

TEST_F(InferenceServiceTest, RefusesUploadsAndOtherRepositories) {
  const auto code_of = [&](const ::inference::RepositoryModelLoadRequest& request) {
    ::inference::RepositoryModelLoadResponse response;
    return Call(&Stub::RepositoryModelLoad, request, response).error_code();
  };
  ::inference::RepositoryModelLoadRequest request;
  EXPECT_EQ(code_of(request), grpc::StatusCode::INVALID_ARGUMENT);  // no name
  request.set_model_name("eurusd-1h");
  for (const char* key : {"config", "file:1/model.pt"}) {
    request.clear_parameters();
    (*request.mutable_parameters())[key].set_bytes_param("program");
    EXPECT_EQ(code_of(request), grpc::StatusCode::INVALID_ARGUMENT) << key;
  }
  request.clear_parameters();
  (*request.mutable_parameters())["version"].set_string_param("newest");
  EXPECT_EQ(code_of(request), grpc::StatusCode::NOT_FOUND);
  request.clear_parameters();
  request.set_repository_name("elsewhere");
  EXPECT_EQ(code_of(request), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(control_.commands, IsEmpty());
}

TEST_F(InferenceServiceTest, UnloadsOneVersionOrAsksForTheOneThatServes) {
  ::inference::RepositoryModelUnloadRequest request;
  ::inference::RepositoryModelUnloadResponse response;
  request.set_repository_name("eurusd-1h");
  (*request.mutable_parameters())["version"].set_int64_param(kNew);
  (*request.mutable_parameters())["unload_dependents"].set_bool_param(false);
  ASSERT_TRUE(Call(&Stub::RepositoryModelUnload, request, response).ok());
  EXPECT_EQ(response.model_name(), "eurusd-1h");
  EXPECT_TRUE(response.is_unloaded());
  request.clear_parameters();
  control_.status = absl::FailedPreconditionError("it serves");
  EXPECT_EQ(Call(&Stub::RepositoryModelUnload, request, response).error_code(),
            grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_THAT(control_.commands, ElementsAre(absl::StrCat("unload eurusd-1h ", kNew),
                                             absl::StrCat("unload eurusd-1h ", kOld)));
  request.set_repository_name("other");
  EXPECT_EQ(Call(&Stub::RepositoryModelUnload, request, response).error_code(),
            grpc::StatusCode::NOT_FOUND);
}

TEST_F(InferenceServiceTest, UnloadsNothingWhereOneServesThatIsNotTheActiveOne) {
  ASSERT_OK(registry_.Load("eurusd-1h", kNew, {}));
  constexpr int64_t kBroken = 20180301000000;
  ASSERT_OK(store_.Add(testing::FakeManifest("eurusd-1h", kBroken), {{"model.pt", "program"}}));
  broken_ = kBroken;
  ASSERT_OK(store_.SetActive("eurusd-1h", kBroken));
  registry_.Refresh();
  control_.status = absl::FailedPreconditionError("it serves");
  ::inference::RepositoryModelUnloadRequest request;
  ::inference::RepositoryModelUnloadResponse response;
  request.set_model_name("eurusd-1h");
  EXPECT_EQ(Call(&Stub::RepositoryModelUnload, request, response).error_code(),
            grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_THAT(control_.commands, ElementsAre(absl::StrCat("unload eurusd-1h ", kOld)));
}

}  // namespace
}  // namespace aifx::rpc
