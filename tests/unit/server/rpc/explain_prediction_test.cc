#include "server/rpc/explain_prediction.h"

#include <gmock/gmock.h>

#include <future>
#include <string>
#include <vector>

#include "tests/unit/server/rpc/service_fixture.h"

namespace aifx::rpc {
namespace {

using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

// The fields that a status' BadRequest names.
std::vector<std::string> FieldsOf(const grpc::Status& status) {
  google::rpc::Status details;
  details.ParseFromString(status.error_details());
  std::vector<std::string> fields;
  google::rpc::BadRequest bad_request;
  for (const auto& detail : details.details()) {
    if (!detail.UnpackTo(&bad_request)) continue;
    for (const auto& violation : bad_request.field_violations()) {
      fields.push_back(violation.field());
    }
  }
  return fields;
}

class ExplainPredictionTest : public ServiceTest {
 protected:
  grpc::Status Explain() {
    *explain_request_.mutable_request() = request_;
    return predictions_->ExplainPrediction(&context_, explain_request_, &explained_);
  }

  ml::v1::ExplainPredictionRequest explain_request_;
  ml::v1::ExplainPredictionResponse explained_;
};

TEST_F(ExplainPredictionTest, AnswersThePredictionAndWhatMovedIt) {
  int steps = 0;
  std::string model;
  engine_.on_prepare = [&](const pipeline::PredictRequest& request) {
    model = request.model.name;
    return absl::OkStatus();
  };
  const auto explain = on_explain_;
  on_explain_ = [&](const pipeline::PreparedRequest& prepared, int given) {
    steps = given;
    return explain(prepared, given);
  };
  const grpc::Status status = Explain();
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(steps, 64);
  EXPECT_EQ(model, "house");
  EXPECT_EQ(explained_.prediction().pair(), "EUR/USD");
  EXPECT_EQ(explained_.output(), "buy - sell");
  EXPECT_EQ(explained_.output_value(), 0.75);
  EXPECT_EQ(explained_.baseline_value(), 0.5);
  EXPECT_EQ(explained_.residual(), 0.001);
  ASSERT_EQ(explained_.attributions_size(), 1);
  EXPECT_EQ(explained_.attributions(0).feature(), features::DefaultFeatureSet().columns()[0].name);
  EXPECT_EQ(explained_.attributions(0).step(), 0);
  EXPECT_EQ(explained_.attributions(0).value(), 0.25);
}

TEST_F(ExplainPredictionTest, NamesEveryFieldThatIsWrong) {
  explain_request_.set_steps(7);
  request_.set_pair("nonsense");
  request_.set_submit(true);
  const grpc::Status status = Explain();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(FieldsOf(status), UnorderedElementsAre("steps", "request.submit", "request.pair"));
}

TEST_F(ExplainPredictionTest, PassesOnThatARuntimeHasNoGradients) {
  on_explain_ = [](const pipeline::PreparedRequest&, int) {
    return absl::FailedPreconditionError("runtime aotinductor has no gradients");
  };
  const grpc::Status status = Explain();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(status.error_message(), "runtime aotinductor has no gradients");
}

TEST_F(ExplainPredictionTest, NamesTheCandleAsTheCallerWroteIt) {
  on_explain_ = [](const pipeline::PreparedRequest&, int) {
    return base::InvalidArgument({{"candles[3]", "candles[3]: column stoch_k is nan"}});
  };
  EXPECT_THAT(FieldsOf(Explain()), UnorderedElementsAre("request.series.candles[3]"));
}

// Keeps an inference thread busy until the test lets go.
class HoldingJob final : public serving::BatchJob {
 public:
  HoldingJob(std::promise<void>& held, std::shared_future<void> go)
      : held_(held), go_(std::move(go)) {}
  void Run(absl::Span<const std::unique_ptr<BatchJob>>) override {
    held_.set_value();
    go_.wait();
  }
  void Refuse(const absl::Status&) override {}

 private:
  std::promise<void>& held_;
  const std::shared_future<void> go_;
};

TEST_F(ExplainPredictionTest, AFullLaneRefusesAndLeavesPredictionsAlone) {
  std::promise<void> go;
  const auto gone = go.get_future().share();
  std::promise<void> held, waits;
  const auto hold = [&](std::promise<void>& started) {
    return inference_.Submit(serving::Lane::kExplain, {}, 1, {},
                             std::make_unique<HoldingJob>(started, gone));
  };
  ASSERT_TRUE(hold(held).ok());
  held.get_future().wait();
  ASSERT_TRUE(hold(waits).ok());
  const grpc::Status status = Explain();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(status.error_message(), HasSubstr("explanation queue is full"));
  grpc::ClientContext context;
  EXPECT_TRUE(predictions_->Predict(&context, request_, &response_).ok());
  go.set_value();
  inference_.Shutdown();  // both jobs end before what they refer to
}

}  // namespace
}  // namespace aifx::rpc
