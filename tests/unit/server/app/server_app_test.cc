// The wired server, with no backend and with or without a model.

#include "server/app/server_app.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include "core/base/mutex.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "inference/grpc_service.grpc.pb.h"
#include "server/ops/signals.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_folder.h"

namespace aifx::app {
namespace {

using grpc::health::v1::HealthCheckResponse;
using ::testing::HasSubstr;
using testing::StatusIs;

class ServerAppTest : public ::testing::Test {
 protected:
  config::ServerConfig Config() {
    config::ServerConfig config;
    config.listen.port = 0;
    config.metrics.port = 0;
    config.listen.drain_grace = absl::ZeroDuration();
    config.models.dir = folder_ / "models";
    config.outbox.dir = folder_ / "outbox";
    config.outbox.stop_grace = absl::ZeroDuration();
    config.backend.url = "http://127.0.0.1:1";  // nothing listens there
    return config;
  }
  static std::shared_ptr<grpc::Channel> ChannelTo(const ServerApp& app) {
    return grpc::CreateChannel(app.Address(), grpc::InsecureChannelCredentials());
  }
  static HealthCheckResponse::ServingStatus Health(const ServerApp& app,
                                                   const std::string& service) {
    grpc::ClientContext context;
    grpc::health::v1::HealthCheckRequest request;
    HealthCheckResponse response;
    request.set_service(service);
    EXPECT_TRUE(grpc::health::v1::Health::NewStub(ChannelTo(app))
                    ->Check(&context, request, &response)
                    .ok());
    return response.status();
  }

  testing::TemporaryFolder folder_;
};

TEST_F(ServerAppTest, ServesWithoutModelAndBackendAndSaysWhatToDo) {
  ASSERT_OK_AND_ASSIGN(const auto app, ServerApp::Start(Config(), base::NullLogger()));
  EXPECT_EQ(Health(*app, ""), HealthCheckResponse::SERVING);
  EXPECT_EQ(Health(*app, "aifx.ml.v1.RecordService"), HealthCheckResponse::SERVING);
  EXPECT_EQ(Health(*app, "aifx.ml.v1.PredictionService"), HealthCheckResponse::NOT_SERVING);
  EXPECT_EQ(Health(*app, "inference.GRPCInferenceService"), HealthCheckResponse::NOT_SERVING);
  grpc::ClientContext context, accuracy_context;
  ml::v1::PredictRequest request;
  ml::v1::PredictResponse response;
  request.set_pair("EUR/USD");
  request.set_timeframe(ml::v1::TIMEFRAME_1H);
  const grpc::Status status =
      ml::v1::PredictionService::NewStub(ChannelTo(*app))->Predict(&context, request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_THAT(status.error_message(), HasSubstr("aifx train"));
  ml::v1::GetAccuracyResponse accuracy;
  EXPECT_EQ(ml::v1::RecordService::NewStub(ChannelTo(*app))
                ->GetAccuracy(&accuracy_context, {}, &accuracy)
                .error_code(),
            grpc::StatusCode::UNAVAILABLE);
}

TEST_F(ServerAppTest, DrainsCleanlyWithAWatcherConnected) {
  ASSERT_OK_AND_ASSIGN(const auto app, ServerApp::Start(Config(), base::NullLogger()));
  grpc::ClientContext context;
  const auto stub = grpc::health::v1::Health::NewStub(ChannelTo(*app));
  const auto watch = stub->Watch(&context, {});
  HealthCheckResponse response;
  ASSERT_TRUE(watch->Read(&response));
  EXPECT_EQ(app->DrainAndStop([](absl::Duration) { return false; }), ops::DrainResult::kClean);
  ASSERT_TRUE(watch->Read(&response));
  EXPECT_EQ(response.status(), HealthCheckResponse::NOT_SERVING);
  EXPECT_FALSE(watch->Read(&response));
}

TEST_F(ServerAppTest, DrainsCleanlyWithAnIdleStreamOfInferences) {
  ASSERT_OK_AND_ASSIGN(const auto app, ServerApp::Start(Config(), base::NullLogger()));
  grpc::ClientContext context;
  const auto stub = ::inference::GRPCInferenceService::NewStub(ChannelTo(*app));
  const auto stream = stub->ModelStreamInfer(&context);
  ::inference::ModelInferRequest request;
  ::inference::ModelStreamInferResponse response;
  request.set_model_name("eurusd-1h");
  ASSERT_TRUE(stream->Write(request));
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_THAT(response.error_message(), HasSubstr("NOT_FOUND"));
  base::Mutex mutex;
  base::ConditionVariable signal;  // that never comes
  const auto wait = [&](absl::Duration timeout) {
    base::MutexLock lock(mutex);
    signal.WaitFor(mutex, timeout);
    return false;
  };
  EXPECT_EQ(app->DrainAndStop(wait), ops::DrainResult::kClean);
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(ServerAppTest, RefusesAPortThatIsTaken) {
  ASSERT_OK_AND_ASSIGN(const auto app, ServerApp::Start(Config(), base::NullLogger()));
  config::ServerConfig config = Config();
  config.outbox.dir = folder_ / "another";
  config.listen.port = std::stoi(app->Address().substr(app->Address().rfind(':') + 1));
  EXPECT_THAT(ServerApp::Start(config, base::NullLogger()),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("the port is taken")));
}

TEST_F(ServerAppTest, RefusesAnOutboxThatAnotherServerHas) {
  ASSERT_OK_AND_ASSIGN(const auto app, ServerApp::Start(Config(), base::NullLogger()));
  EXPECT_THAT(ServerApp::Start(Config(), base::NullLogger()),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("in use by process")));
}

TEST_F(ServerAppTest, ServesRecordsOnlyWhileThereIsRoomForThem) {
  config::ServerConfig config = Config();
  config.outbox.max_rows = 1;
  config.models.refresh_interval = absl::Milliseconds(10);
  ASSERT_OK_AND_ASSIGN(const auto app, ServerApp::Start(config, base::NullLogger()));
  grpc::ClientContext context, second_context;
  ml::v1::SubmitPredictionRequest request;
  auto* external = request.mutable_external();
  external->set_pair("EUR/USD");
  external->set_timeframe(ml::v1::TIMEFRAME_1H);
  external->set_signal(ml::v1::SIGNAL_HOLD);
  external->set_confidence(0.5);
  external->mutable_factors();
  external->set_entry_price(1.1);
  ml::v1::SubmitPredictionResponse response;
  const auto stub = ml::v1::RecordService::NewStub(ChannelTo(*app));
  const grpc::Status kept = stub->SubmitPrediction(&context, request, &response);
  ASSERT_TRUE(kept.ok()) << kept.error_message();
  EXPECT_NE(response.submission().state(), ml::v1::SUBMISSION_STATE_ACKED);
  EXPECT_EQ(stub->SubmitPrediction(&second_context, request, &response).error_code(),
            grpc::StatusCode::RESOURCE_EXHAUSTED);
  while (Health(*app, "aifx.ml.v1.RecordService") != HealthCheckResponse::NOT_SERVING) {
  }
}

}  // namespace
}  // namespace aifx::app
