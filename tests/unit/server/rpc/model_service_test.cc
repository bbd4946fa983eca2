#include "server/rpc/model_service.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <memory>

#include "absl/strings/str_cat.h"
#include "server/ops/grpc_server.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_model.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_folder.h"

namespace aifx::rpc {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int64_t kOld = 20180101000000, kNew = 20180201000000;

// A store with eurusd-1h (two versions, the older active) and gbpusd-1h, whose version is broken.
class ModelServiceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const int64_t version : {kOld, kNew}) {
      model::Manifest manifest = testing::FakeManifest("eurusd-1h", version);
      manifest.metrics = {{"gate", {{"log_loss", 0.69}}}};
      ASSERT_OK(store_.Add(manifest, {{"model.pt", "program"}}));
    }
    ASSERT_OK(store_.Add(testing::FakeManifest("gbpusd-1h", kOld), {{"model.pt", "program"}}));
    ASSERT_OK(store_.SetActive("eurusd-1h", kOld));
    ASSERT_OK(store_.SetActive("gbpusd-1h", kOld));
    ASSERT_OK(store_.SetBackendId("eurusd-1h", kOld, "backend-7"));
    registry_.Refresh();
    auto started = ops::StartGrpcServer({}, {&service_});
    ASSERT_OK(started);
    server_ = *std::move(started);
    stub_ = ml::v1::ModelService::NewStub(grpc::CreateChannel(
        absl::StrCat("127.0.0.1:", server_.port), grpc::InsecureChannelCredentials()));
  }
  void TearDown() override { server_.Shutdown(std::chrono::system_clock::now()); }

  grpc::Status List(const ml::v1::ListModelsRequest& request,
                    ml::v1::ListModelsResponse& response) {
    grpc::ClientContext context;
    return stub_->ListModels(&context, request, &response);
  }
  grpc::Status Get(const std::string& name, int64_t version, ml::v1::GetModelResponse& response) {
    grpc::ClientContext context;
    ml::v1::GetModelRequest request;
    request.set_name(name);
    if (version != 0) request.set_version(version);
    return stub_->GetModel(&context, request, &response);
  }

  absl::StatusOr<std::shared_ptr<const model::Model>> Load(const std::string& name,
                                                           int64_t version) {
    if (name == "gbpusd-1h") {
      return absl::DataLossError(absl::StrCat(folder_.path(), "/gbpusd-1h/model.pt is damaged"));
    }
    auto manifest = store_.ReadManifest(name, version);
    if (!manifest.ok()) return manifest.status();
    return std::make_shared<testing::FakeModel>(*std::move(manifest));
  }

  testing::TemporaryFolder folder_;
  testing::FakeClock clock_;
  model::ModelStore store_{folder_.path()};
  serving::ModelRegistry registry_{store_, base::NullLogger(),
                                   [this](const model::ModelStore&, const std::string& name,
                                          int64_t version) { return Load(name, version); }};
  CallGuard guard_{clock_, base::NullLogger(), {}};
  serving::Executor blocking_{{.name = "backend", .threads = 1, .queue_limit = 4}};
  ModelService service_{
      {.guard = guard_, .store = store_, .registry = registry_, .blocking = blocking_}};
  ops::GrpcServer server_;
  std::unique_ptr<ml::v1::ModelService::Stub> stub_;
};

TEST_F(ModelServiceTest, ListsNewestVersionsFirstWithStateAndReason) {
  ml::v1::ListModelsResponse response;
  ASSERT_TRUE(List({}, response).ok());
  ASSERT_EQ(response.models_size(), 3);
  EXPECT_EQ(response.models(0).version(), kNew);
  EXPECT_EQ(response.models(0).state(), ml::v1::MODEL_STATE_DISCOVERED);
  EXPECT_FALSE(response.models(0).active());
  EXPECT_EQ(response.models(1).version(), kOld);
  EXPECT_EQ(response.models(1).state(), ml::v1::MODEL_STATE_READY);
  EXPECT_TRUE(response.models(1).active());
  EXPECT_EQ(response.models(1).backend_id(), "backend-7");
  EXPECT_EQ(response.models(1).pair(), "EUR/USD");
  EXPECT_EQ(response.models(2).state(), ml::v1::MODEL_STATE_FAILED);
  EXPECT_THAT(response.models(2).error().message(),
              AllOf(HasSubstr("model.pt is damaged"), Not(HasSubstr(folder_.path()))));
}

TEST_F(ModelServiceTest, PagesThroughTheList) {
  ml::v1::ListModelsRequest request;
  request.set_page_size(2);
  ml::v1::ListModelsResponse first, second;
  ASSERT_TRUE(List(request, first).ok());
  EXPECT_EQ(first.models_size(), 2);
  request.set_page_token(first.next_page_token());
  ASSERT_TRUE(List(request, second).ok());
  ASSERT_EQ(second.models_size(), 1);
  EXPECT_EQ(second.models(0).name(), "gbpusd-1h");
  EXPECT_EQ(second.next_page_token(), "");
  request.set_name("eurusd-1h");  // the token belongs to another list
  EXPECT_EQ(List(request, second).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(ModelServiceTest, GetsTheActiveVersionInFull) {
  ml::v1::GetModelResponse response;
  ASSERT_TRUE(Get("eurusd-1h", 0, response).ok());
  EXPECT_EQ(response.model().version(), kOld);
  EXPECT_THAT(response.manifest().classes(), ElementsAre("sell", "hold", "buy"));
  EXPECT_EQ(response.manifest().candles_needed(),
            static_cast<int64_t>(features::DefaultFeatureSet().CandlesNeeded(4)));
  EXPECT_EQ(response.manifest().files().count("model.pt"), 1u);
  EXPECT_EQ(
      response.metrics().fields().at("gate").struct_value().fields().at("log_loss").number_value(),
      0.69);
  EXPECT_TRUE(response.golden_check().passed());
}

TEST_F(ModelServiceTest, NamesWhatIsNotThere) {
  ml::v1::GetModelResponse response;
  ASSERT_TRUE(Get("eurusd-1h", kNew, response).ok());
  EXPECT_FALSE(response.golden_check().has_passed());
  const grpc::Status version = Get("eurusd-1h", 5, response);
  EXPECT_EQ(version.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_THAT(version.error_message(), HasSubstr("\"eurusd-1h\" has no version 5"));
  EXPECT_EQ(Get("other", 0, response).error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(Get("", 0, response).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

}  // namespace
}  // namespace aifx::rpc
