#include "server/ops/health_service.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <memory>

#include "absl/strings/str_cat.h"
#include "server/ops/grpc_server.h"

namespace aifx::ops {
namespace {

using grpc::health::v1::Health;
using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;

class HealthServiceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto started = StartGrpcServer({}, {&health_});
    ASSERT_TRUE(started.ok()) << started.status();
    server_ = *std::move(started);
    stub_ = Health::NewStub(grpc::CreateChannel(absl::StrCat("127.0.0.1:", server_.port),
                                                grpc::InsecureChannelCredentials()));
    health_.SetServing("", true);
    health_.SetServing("a.B", false);
  }
  void TearDown() override { server_.Shutdown(std::chrono::system_clock::now()); }

  grpc::Status Check(const std::string& service, HealthCheckResponse& response) {
    grpc::ClientContext context;
    HealthCheckRequest request;
    request.set_service(service);
    return stub_->Check(&context, request, &response);
  }

  HealthService health_;
  ops::GrpcServer server_;
  std::unique_ptr<Health::Stub> stub_;
};

TEST_F(HealthServiceTest, ChecksEachService) {
  HealthCheckResponse response;
  ASSERT_TRUE(Check("", response).ok());
  EXPECT_EQ(response.status(), HealthCheckResponse::SERVING);
  ASSERT_TRUE(Check("a.B", response).ok());
  EXPECT_EQ(response.status(), HealthCheckResponse::NOT_SERVING);
  const grpc::Status unknown = Check("x.Y", response);
  EXPECT_EQ(unknown.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_THAT(unknown.error_message(), ::testing::HasSubstr("x.Y"));
}

TEST_F(HealthServiceTest, ListsEveryService) {
  grpc::ClientContext context;
  grpc::health::v1::HealthListResponse response;
  ASSERT_TRUE(stub_->List(&context, {}, &response).ok());
  ASSERT_EQ(response.statuses_size(), 2);
  EXPECT_EQ(response.statuses().at("").status(), HealthCheckResponse::SERVING);
  EXPECT_EQ(response.statuses().at("a.B").status(), HealthCheckResponse::NOT_SERVING);
}

TEST_F(HealthServiceTest, WatchTellsTheStatusNowAndEveryChange) {
  grpc::ClientContext context;
  HealthCheckRequest request;
  request.set_service("later");
  auto stream = stub_->Watch(&context, request);
  HealthCheckResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.status(), HealthCheckResponse::SERVICE_UNKNOWN);
  health_.SetServing("other", true);  // of no interest to this watcher
  health_.SetServing("later", true);
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.status(), HealthCheckResponse::SERVING);
  health_.Drain();
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.status(), HealthCheckResponse::NOT_SERVING);
  health_.SetServing("later", true);  // draining is for good
  health_.EndWatches();
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(HealthServiceTest, ALargeRequestIsRefusedAndNotKept) {
  HealthCheckResponse response;
  EXPECT_EQ(Check(std::string(200, 'x'), response).error_code(), grpc::StatusCode::NOT_FOUND);
  HealthCheckRequest long_name, unknown_field;
  long_name.set_service(std::string(201, 'x'));
  unknown_field.GetReflection()
      ->MutableUnknownFields(&unknown_field)
      ->AddLengthDelimited(77, std::string(2000, 'x'));
  for (const auto& [request, bytes] : {std::pair(long_name, "201"), {unknown_field, "2004"}}) {
    grpc::ClientContext checking, watching;
    const auto stream = stub_->Watch(&watching, request);
    EXPECT_FALSE(stream->Read(&response));
    for (const grpc::Status& status :
         {stub_->Check(&checking, request, &response), stream->Finish()}) {
      EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
      EXPECT_THAT(status.error_message(), ::testing::HasSubstr(bytes));
    }
  }
}

TEST_F(HealthServiceTest, ACancelledWatchEnds) {
  grpc::ClientContext context;
  auto stream = stub_->Watch(&context, HealthCheckRequest());
  HealthCheckResponse response;
  ASSERT_TRUE(stream->Read(&response));
  context.TryCancel();
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST_F(HealthServiceTest, DrainTakesEverythingOutOfService) {
  health_.Drain();
  health_.SetServing("", true);
  HealthCheckResponse response;
  ASSERT_TRUE(Check("", response).ok());
  EXPECT_EQ(response.status(), HealthCheckResponse::NOT_SERVING);
}

}  // namespace
}  // namespace aifx::ops
