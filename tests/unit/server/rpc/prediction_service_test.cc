
#include "server/rpc/prediction_service.h"

#include <gmock/gmock.h>

#include "tests/unit/server/rpc/service_fixture.h"

namespace aifx::rpc {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class PredictionServiceTest : public ServiceTest {};

TEST_F(PredictionServiceTest, PredictsAndReturnsTheRequestId) {
  context_.AddMetadata("x-request-id", "caller-7");
  std::string model;
  engine_.on_prepare = [&](const pipeline::PredictRequest& request) {
    model = request.model.name;
    return absl::OkStatus();
  };
  const grpc::Status status = Predict();
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response_.prediction().pair(), "EUR/USD");
  EXPECT_FALSE(response_.has_submission());
  EXPECT_TRUE(response_.timings().has_total());
  EXPECT_EQ(model, "house");
  EXPECT_EQ(ServerMetadata("x-request-id"), "caller-7");
  EXPECT_EQ(context_.GetServerTrailingMetadata().count("x-request-id"), 1u);
  EXPECT_THAT(logger_.text(), AllOf(HasSubstr("method=PredictionService.Predict code=OK"),
                                    HasSubstr("request_id=caller-7")));
}

TEST_F(PredictionServiceTest, RefusesLargeRequestsButNotLargeBatches) {
  for (int i = 0; i < 150'000; ++i) {
    request_.mutable_series()->mutable_columns()->add_open_time_seconds(int64_t{1} << 60);
  }
  const grpc::Status status = Predict();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(InfoOf(status).reason(), "REQUEST_TOO_LARGE");
  ml::v1::BatchPredictRequest batch;
  ml::v1::BatchPredictResponse response;
  *batch.add_requests() = request_;
  grpc::ClientContext context;
  ASSERT_TRUE(predictions_->BatchPredict(&context, batch, &response).ok());
  EXPECT_EQ(response.results(0).error().code(), 3);
}

TEST_F(PredictionServiceTest, OneBadItemDoesNotFailTheBatch) {
  ml::v1::BatchPredictRequest batch;
  *batch.add_requests() = request_;
  batch.add_requests()->set_pair("nonsense");
  *batch.add_requests() = request_;
  ml::v1::BatchPredictResponse response;
  ASSERT_TRUE(predictions_->BatchPredict(&context_, batch, &response).ok());
  ASSERT_EQ(response.results_size(), 3);
  EXPECT_EQ(response.results(0).response().prediction().pair(), "EUR/USD");
  EXPECT_EQ(response.results(1).error().code(), 3);
  EXPECT_THAT(response.results(1).error().message(), HasSubstr("nonsense"));
  EXPECT_TRUE(response.results(2).has_response());
}

TEST_F(PredictionServiceTest, ABatchHasOneTo256Items) {
  for (const int count : {0, 257}) {
    ml::v1::BatchPredictRequest batch;
    ml::v1::BatchPredictResponse response;
    for (int i = 0; i < count; ++i) batch.add_requests();
    grpc::ClientContext context;
    const grpc::Status status = predictions_->BatchPredict(&context, batch, &response);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    EXPECT_THAT(status.error_message(), HasSubstr(absl::StrCat("requests has ", count)));
  }
}

struct SubmitCase {
  const char* name;
  absl::Status status;
  ml::v1::SubmissionState want;
};

TEST_F(PredictionServiceTest, ASubmissionThatFailsDoesNotTakeThePredictionWithIt) {
  const SubmitCase cases[] = {
      {"stored", absl::OkStatus(), ml::v1::SUBMISSION_STATE_ACKED},
      {"down", absl::UnavailableError("down"), ml::v1::SUBMISSION_STATE_DEAD},
      {"no answer",
       base::WithReason(absl::UnavailableError("may have been stored"), "SUBMISSION_AMBIGUOUS"),
       ml::v1::SUBMISSION_STATE_UNKNOWN},
  };
  request_.set_submit(true);
  for (const SubmitCase& test : cases) {
    SCOPED_TRACE(test.name);
    sink_.status = test.status;
    grpc::ClientContext context;
    ml::v1::PredictResponse response;
    ASSERT_TRUE(predictions_->Predict(&context, request_, &response).ok());
    EXPECT_EQ(response.submission().state(), test.want);
    EXPECT_EQ(response.submission().request_id(), response.prediction().id());
    EXPECT_EQ(response.submission().error().message(), test.status.message());
    EXPECT_EQ(sink_.last_context.deadline, clock_.Now() + absl::Seconds(30));
  }
}

TEST_F(PredictionServiceTest, MethodsThatAreNotThereSaySo) {
  ml::v1::ExplainPredictionResponse explained;
  const grpc::Status unary = predictions_->ExplainPrediction(&context_, {}, &explained);
  EXPECT_EQ(unary.error_code(), grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_THAT(unary.error_message(), HasSubstr("PredictionService.ExplainPrediction is not there"));
  grpc::ClientContext watch_context, stream_context;
  ml::v1::WatchPredictionsResponse watched;
  auto watch = predictions_->WatchPredictions(&watch_context, {});
  EXPECT_FALSE(watch->Read(&watched));
  EXPECT_THAT(watch->Finish().error_message(), HasSubstr("WatchPredictions is not there"));
  auto stream = predictions_->StreamPredict(&stream_context);
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNIMPLEMENTED);
}

}  // namespace
}  // namespace aifx::rpc
