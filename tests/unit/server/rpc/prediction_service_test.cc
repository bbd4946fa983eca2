
#include "server/rpc/prediction_service.h"

#include <gmock/gmock.h>

#include <future>
#include <vector>

#include "core/base/violation.h"
#include "tests/support/status_matchers.h"
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

TEST_F(PredictionServiceTest, OnlySingleCallsAreInteractive) {
  std::vector<serving::Lane> lanes;
  engine_.on_run = [&](serving::Lane lane) {
    lanes.push_back(lane);
    return absl::OkStatus();
  };
  ASSERT_TRUE(Predict().ok());
  ml::v1::BatchPredictRequest batch;
  for (int i = 0; i < 2; ++i) *batch.add_requests() = request_;
  ml::v1::BatchPredictResponse response;
  grpc::ClientContext context;
  ASSERT_TRUE(predictions_->BatchPredict(&context, batch, &response).ok());
  using serving::Lane;
  EXPECT_THAT(lanes, ::testing::ElementsAre(Lane::kInteractive, Lane::kBatch, Lane::kBatch));
}

TEST_F(PredictionServiceTest, ARefusalSaysWhenToTryAgain) {
  engine_.on_run = [](serving::Lane) {
    return base::WithRetryAfter(
        base::WithReason(absl::ResourceExhaustedError("the queue is full"), "QUEUE_FULL"), 0.25);
  };
  const grpc::Status status = Predict();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(InfoOf(status).reason(), "QUEUE_FULL");
  google::rpc::Status details;
  google::rpc::RetryInfo retry;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  ASSERT_TRUE(details.details(0).UnpackTo(&retry));
  EXPECT_EQ(retry.retry_delay().nanos(), 250'000'000);
}

TEST_F(PredictionServiceTest, NamesTheCandleThatLeavesAFeatureUndefined) {
  engine_.on_run = [](serving::Lane) {
    return base::InvalidArgument({{"candles[3]", "candles[3]: column stoch_k is nan"}});
  };
  google::rpc::Status details;
  google::rpc::BadRequest bad;
  ASSERT_TRUE(details.ParseFromString(Predict().error_details()));
  for (const auto& detail : details.details()) detail.UnpackTo(&bad);
  ASSERT_EQ(bad.field_violations_size(), 1);
  EXPECT_EQ(bad.field_violations(0).field(), "series.candles[3]");
}

TEST_F(PredictionServiceTest, SubmitAnswersWhenThePredictionIsDurable) {
  request_.set_submit(true);
  ASSERT_TRUE(Predict().ok());
  EXPECT_EQ(response_.submission().state(), ml::v1::SUBMISSION_STATE_QUEUED);
  EXPECT_EQ(response_.submission().request_id(), response_.prediction().id());
  EXPECT_FALSE(response_.submission().has_error());
  EXPECT_TRUE(response_.timings().has_submit());
  EXPECT_EQ(store_.last_until(), records::Acknowledge::kWhenDurable);
  EXPECT_EQ(store_.last_context().deadline, clock_.Now() + absl::Seconds(30));
  EXPECT_OK(store_.Get(records::SubmissionKind::kPrediction, response_.prediction().id(), {}));
}

TEST_F(PredictionServiceTest, ASubmissionThatFailsDoesNotTakeThePredictionWithIt) {
  store_.FailWith(absl::ResourceExhaustedError("the outbox is full"));
  request_.set_submit(true);
  ASSERT_TRUE(Predict().ok());
  EXPECT_NE(response_.prediction().id(), "");
  EXPECT_EQ(response_.submission().request_id(), response_.prediction().id());
  EXPECT_EQ(response_.submission().state(), ml::v1::SUBMISSION_STATE_DEAD);
  EXPECT_EQ(response_.submission().error().code(), 8);
  EXPECT_EQ(response_.submission().error().message(), "the outbox is full");
}

TEST_F(PredictionServiceTest, ASubmissionThatFindsNoThreadIsReportedToo) {
  // One task holds the thread, four fill the queue.
  std::promise<void> go;
  const auto gone = go.get_future().share();
  std::promise<void> held;
  ASSERT_OK(durable_.Submit([&] {
    held.set_value();
    gone.wait();
  }));
  held.get_future().wait();
  for (int i = 0; i < 4; ++i) ASSERT_OK(durable_.Submit([] {}));
  request_.set_submit(true);
  const grpc::Status status = Predict();
  go.set_value();
  durable_.Shutdown();  // its task uses what ends here
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response_.submission().state(), ml::v1::SUBMISSION_STATE_DEAD);
  EXPECT_EQ(response_.submission().error().code(), 8);
}

TEST_F(PredictionServiceTest, EveryItemOfABatchIsSubmittedOnItsOwn) {
  ml::v1::BatchPredictRequest batch;
  request_.set_submit(true);
  request_.set_request_id("0b7c7ff6-5d8c-4d2c-9b44-0f3f3f0e8a11");
  *batch.add_requests() = request_;
  request_.set_submit(false);
  request_.clear_request_id();
  *batch.add_requests() = request_;
  ml::v1::BatchPredictResponse response;
  ASSERT_TRUE(predictions_->BatchPredict(&context_, batch, &response).ok());
  EXPECT_EQ(response.results(0).response().submission().state(), ml::v1::SUBMISSION_STATE_QUEUED);
  EXPECT_FALSE(response.results(1).response().has_submission());
}

}  // namespace
}  // namespace aifx::rpc
