// What holds for every call, whatever its method.

#include "server/rpc/guard.h"

#include <gmock/gmock.h>

#include <future>
#include <stdexcept>
#include <thread>

#include "tests/support/status_matchers.h"
#include "tests/unit/server/rpc/service_fixture.h"

namespace aifx::rpc {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class GuardTest : public ServiceTest {};

TEST_F(GuardTest, MakesARequestIdWhereNoneIsFitToTake) {
  context_.AddMetadata("x-request-id", "forged line");
  ASSERT_TRUE(Predict().ok());
  EXPECT_EQ(ServerMetadata("x-request-id").size(), 36u);
  EXPECT_THAT(logger_.text(), Not(HasSubstr("forged")));
}

TEST_F(GuardTest, PassesDeadlineIdAndTraceOn) {
  const std::string trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  context_.AddMetadata("traceparent", trace);
  base::CallContext seen;
  engine_.on_fetch = [&](const base::CallContext& context) {
    seen = context;
    return absl::OkStatus();
  };
  ASSERT_TRUE(Predict().ok());
  // A call without a deadline gets the cap; the fake clock stands in 2018.
  EXPECT_EQ(seen.deadline, clock_.Now() + absl::Seconds(30));
  EXPECT_EQ(seen.traceparent, trace);
  EXPECT_EQ(seen.request_id, ServerMetadata("x-request-id"));
}

TEST_F(GuardTest, AnExceptionIsInternalAndHidden) {
  engine_.on_prepare = [](const pipeline::PredictRequest&) -> absl::Status {
    throw std::runtime_error("/srv/secret.cc:12 broke");
  };
  const grpc::Status status = Predict();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_THAT(status.error_message(),
              AllOf(HasSubstr(ServerMetadata("x-request-id")), Not(HasSubstr("secret"))));
  EXPECT_THAT(logger_.text(), HasSubstr("/srv/secret.cc:12 broke"));
}

TEST_F(GuardTest, ChecksTheDeadlineAgainWhenAThreadIsFree) {
  std::promise<void> entered, release;
  ASSERT_OK(durable_.Submit([&] {
    entered.set_value();
    release.get_future().wait();
  }));
  entered.get_future().wait();
  auto result = std::async(std::launch::async, [&] {
    ml::v1::GetSubmissionRequest request;
    ml::v1::Submission response;
    request.set_kind(ml::v1::SUBMISSION_KIND_PREDICTION);
    request.set_request_id("0b7c7ff6-5d8c-4d2c-9b44-0f3f3f0e8a11");
    return records_->GetSubmission(&context_, request, &response);
  });
  while (durable_.QueueDepth() == 0) std::this_thread::yield();
  clock_.Advance(absl::Seconds(31));
  release.set_value();
  EXPECT_EQ(result.get().error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
}

TEST_F(GuardTest, AFullQueueIsRefusedAtOnce) {
  std::promise<void> entered, release;
  ASSERT_OK(durable_.Submit([&] {
    entered.set_value();
    release.get_future().wait();
  }));
  entered.get_future().wait();
  for (int i = 0; i < 4; ++i) ASSERT_OK(durable_.Submit([] {}));
  ml::v1::GetSubmissionRequest request;
  ml::v1::Submission response;
  request.set_kind(ml::v1::SUBMISSION_KIND_PREDICTION);
  request.set_request_id("0b7c7ff6-5d8c-4d2c-9b44-0f3f3f0e8a11");
  const grpc::Status status = records_->GetSubmission(&context_, request, &response);
  release.set_value();
  durable_.Shutdown();  // its task uses what ends here
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(InfoOf(status).reason(), "QUEUE_FULL");
}

TEST_F(GuardTest, CancellingReachesTheStepThatRuns) {
  std::promise<void> entered;
  bool cancelled = false;
  engine_.on_fetch = [&](const base::CallContext& context) {
    entered.set_value();
    while (!context.IsCancelled()) std::this_thread::yield();
    cancelled = true;
    return absl::OkStatus();
  };
  auto result = std::async(std::launch::async, [&] { return Predict(); });
  entered.get_future().wait();
  context_.TryCancel();
  EXPECT_EQ(result.get().error_code(), grpc::StatusCode::CANCELLED);
  blocking_.Shutdown();
  EXPECT_TRUE(cancelled);
}

TEST_F(GuardTest, LimitsMayChangeWhileItServes) {
  base::CallContext seen;
  engine_.on_fetch = [&](const base::CallContext& context) {
    seen = context;
    return absl::OkStatus();
  };
  guard_.SetLimits(absl::Seconds(2), 1 << 20);
  ASSERT_TRUE(Predict().ok());
  EXPECT_EQ(seen.deadline, clock_.Now() + absl::Seconds(2));
  guard_.SetLimits(absl::Seconds(2), 5);
  grpc::ClientContext context;
  EXPECT_EQ(predictions_->Predict(&context, request_, &response_).error_code(),
            grpc::StatusCode::RESOURCE_EXHAUSTED);
}

TEST_F(GuardTest, WhileDrainingNewCallsAreRefused) {
  guard_.RefuseNewCalls();
  const grpc::Status status = Predict();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(InfoOf(status).reason(), "SHUTTING_DOWN");
}

}  // namespace
}  // namespace aifx::rpc
