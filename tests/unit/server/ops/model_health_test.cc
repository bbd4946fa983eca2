#include "server/ops/model_health.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "server/ops/grpc_server.h"

namespace aifx::ops {
namespace {

using grpc::health::v1::HealthCheckResponse;

class ModelHealthTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto started = StartGrpcServer({}, {&health_});
    ASSERT_TRUE(started.ok()) << started.status();
    server_ = *std::move(started);
    stub_ = grpc::health::v1::Health::NewStub(grpc::CreateChannel(
        absl::StrCat("127.0.0.1:", server_.port), grpc::InsecureChannelCredentials()));
  }
  void TearDown() override { server_.Shutdown(std::chrono::system_clock::now()); }

  // NOT_FOUND is SERVICE_UNKNOWN.
  HealthCheckResponse::ServingStatus StatusOf(const std::string& service) {
    grpc::ClientContext context;
    grpc::health::v1::HealthCheckRequest request;
    HealthCheckResponse response;
    request.set_service(service);
    const grpc::Status status = stub_->Check(&context, request, &response);
    return status.ok() ? response.status() : HealthCheckResponse::SERVICE_UNKNOWN;
  }

  HealthService health_;
  ModelHealth models_{health_};
  GrpcServer server_;
  std::unique_ptr<grpc::health::v1::Health::Stub> stub_;
};

TEST_F(ModelHealthTest, FollowsTheRegistry) {
  EXPECT_EQ(StatusOf("model/a"), HealthCheckResponse::SERVICE_UNKNOWN);
  models_.Update({{.name = "a", .active = 1, .failed = 1},
                  {.name = "b", .active = 2, .serving = 1, .loaded = 1, .failed = 1}});
  EXPECT_EQ(StatusOf("model/a"), HealthCheckResponse::NOT_SERVING);
  EXPECT_EQ(StatusOf("model/b"), HealthCheckResponse::SERVING);  // the version before goes on
  models_.Update({{.name = "a", .active = 2, .serving = 2, .loaded = 1}});
  EXPECT_EQ(StatusOf("model/a"), HealthCheckResponse::SERVING);
  EXPECT_EQ(StatusOf("model/b"), HealthCheckResponse::NOT_SERVING);
}

TEST_F(ModelHealthTest, AVersionThatIsOnlyLoadedDoesNotServe) {
  models_.Update({{.name = "a", .loaded = 1}});
  EXPECT_EQ(StatusOf("model/a"), HealthCheckResponse::NOT_SERVING);
}

}  // namespace
}  // namespace aifx::ops
