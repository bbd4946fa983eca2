// The services behind a real gRPC server on a real socket, with fakes below them.

#include <gmock/gmock.h>
#include <google/rpc/error_details.pb.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <functional>
#include <future>
#include <memory>
#include <stdexcept>

#include "absl/strings/str_cat.h"
#include "core/base/mutex.h"
#include "server/ops/grpc_server.h"
#include "server/rpc/prediction_service.h"
#include "server/rpc/record_service.h"
#include "tests/support/fake_clock.h"

namespace aifx::rpc {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// Predicts HOLD for whatever comes; its steps can be replaced.
class FakeEngine final : public PredictionEngine {
 public:
  std::function<absl::Status(const pipeline::PredictRequest&)> on_prepare;
  std::function<absl::Status(const base::CallContext&)> on_fetch;
  std::function<void()> on_run;

  absl::StatusOr<pipeline::PreparedRequest> Prepare(
      pipeline::PredictRequest request) const override {
    if (on_prepare) {
      if (absl::Status status = on_prepare(request); !status.ok()) return status;
    }
    pipeline::PreparedRequest prepared{.request = std::move(request)};
    if (prepared.request.candles.has_value()) prepared.candles = *prepared.request.candles;
    return prepared;
  }
  absl::Status Fetch(pipeline::PreparedRequest& prepared,
                     const base::CallContext& context) const override {
    prepared.candles.resize(1);
    return on_fetch ? on_fetch(context) : absl::OkStatus();
  }
  std::vector<absl::StatusOr<pipeline::PredictAnswer>> Run(
      absl::Span<pipeline::PreparedRequest> items) const override {
    if (on_run) on_run();
    std::vector<absl::StatusOr<pipeline::PredictAnswer>> answers;
    for (const auto& item : items) {
      records::Prediction prediction{.id = item.request.request_id, .pair = item.request.pair};
      prediction.timeframe = item.request.timeframe;
      prediction.confidence = 0.5;
      prediction.entry_price = 1.1;
      answers.push_back(pipeline::PredictAnswer{.prediction = prediction});
    }
    return answers;
  }
};

// Stores nothing and says what it is told to.
class FakeRecords final : public records::PredictionSink,
                          public records::OutcomeSink,
                          public records::RecordReader {
 public:
  absl::Status status;
  base::CallContext last_context;

  absl::StatusOr<records::SubmissionReceipt> Submit(const records::Submission& submission,
                                                    const base::CallContext& context) override {
    last_context = context;
    if (!status.ok()) return status;
    return records::SubmissionReceipt{submission.request_id, records::SubmissionState::kAcked,
                                      "backend-1"};
  }
  absl::StatusOr<records::OutcomeReceipt> UpdateOutcome(const records::OutcomeUpdate& update,
                                                        const base::CallContext&) override {
    if (!status.ok()) return status;
    return records::OutcomeReceipt{
        .backend_prediction_id = "backend-1", .outcome = update.outcome, .duration_minutes = 90};
  }
  absl::StatusOr<records::PredictionPage> ListPredictions(const records::PredictionQuery&,
                                                          const base::CallContext&) override {
    if (!status.ok()) return status;
    records::PredictionPage page;
    page.total = 2;
    page.predictions.push_back(
        {.backend_prediction_id = "p1", .pair = *market::CurrencyPair::Parse("EUR/USD")});
    return page;
  }
  absl::StatusOr<records::Accuracy> GetAccuracy(const records::AccuracyQuery&,
                                                const base::CallContext&) override {
    if (!status.ok()) return status;
    return records::Accuracy{.total_predictions = 3, .win_rate_percent = 66.7, .wins = 2};
  }
};

// Keeps lines, so that tests read what was logged.
class RecordingLogger final : public base::Logger {
 public:
  void Log(base::LogLevel, absl::string_view message, const base::LogFields& fields) override {
    base::MutexLock lock(mutex_);
    absl::StrAppend(&text_, message);
    for (const auto& [name, value] : fields) absl::StrAppend(&text_, " ", name, "=", value);
    absl::StrAppend(&text_, "\n");
  }
  std::string text() {
    base::MutexLock lock(mutex_);
    return text_;
  }

 private:
  base::Mutex mutex_;
  std::string text_;
};

class ServiceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto started = ops::StartGrpcServer({}, {&predictions_service_, &records_service_});
    ASSERT_TRUE(started.ok()) << started.status();
    server_ = std::move(started->server);
    const auto channel = grpc::CreateChannel(absl::StrCat("127.0.0.1:", started->port),
                                             grpc::InsecureChannelCredentials());
    predictions_ = ml::v1::PredictionService::NewStub(channel);
    records_ = ml::v1::RecordService::NewStub(channel);
    request_.set_pair("EUR/USD");
    request_.set_timeframe(ml::v1::TIMEFRAME_1H);
  }
  void TearDown() override { server_->Shutdown(std::chrono::system_clock::now()); }

  grpc::Status Predict() {
    response_.Clear();
    return predictions_->Predict(&context_, request_, &response_);
  }
  std::string ServerMetadata(const std::string& key) {
    const auto& metadata = context_.GetServerInitialMetadata();
    const auto found = metadata.find(key);
    return found == metadata.end() ? "" : std::string(found->second.data(), found->second.size());
  }

  testing::FakeClock clock_;
  RecordingLogger logger_;
  FakeEngine engine_;
  FakeRecords sink_;
  CallGuard guard_{clock_, logger_, {.max_deadline = absl::Seconds(30), .receive_bytes = 1 << 20}};
  serving::Executor inference_{{.name = "inference", .threads = 1, .queue_limit = 1}};
  serving::Executor blocking_{{.name = "backend", .threads = 1, .queue_limit = 4}};
  PredictionService predictions_service_{{.guard = guard_,
                                          .engine = engine_,
                                          .sink = sink_,
                                          .inference = inference_,
                                          .blocking = blocking_,
                                          .default_model = "house"}};
  RecordService records_service_{{.guard = guard_,
                                  .predictions = sink_,
                                  .outcomes = sink_,
                                  .reader = sink_,
                                  .blocking = blocking_}};
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<ml::v1::PredictionService::Stub> predictions_;
  std::unique_ptr<ml::v1::RecordService::Stub> records_;
  grpc::ClientContext context_;
  ml::v1::PredictRequest request_;
  ml::v1::PredictResponse response_;
};

google::rpc::ErrorInfo InfoOf(const grpc::Status& status) {
  google::rpc::Status details;
  google::rpc::ErrorInfo info;
  details.ParseFromString(status.error_details());
  for (const auto& detail : details.details()) {
    if (detail.UnpackTo(&info)) break;
  }
  return info;
}

TEST_F(ServiceTest, PredictsAndReturnsTheRequestId) {
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

TEST_F(ServiceTest, MakesARequestIdWhereNoneIsFitToTake) {
  context_.AddMetadata("x-request-id", "forged line");
  ASSERT_TRUE(Predict().ok());
  EXPECT_EQ(ServerMetadata("x-request-id").size(), 36u);
  EXPECT_THAT(logger_.text(), Not(HasSubstr("forged")));
}

TEST_F(ServiceTest, PassesDeadlineIdAndTraceOn) {
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

TEST_F(ServiceTest, ChecksTheDeadlineAgainBeforeInference) {
  bool ran = false;
  engine_.on_fetch = [&](const base::CallContext&) {
    clock_.Advance(absl::Seconds(31));
    return absl::OkStatus();
  };
  engine_.on_run = [&] { ran = true; };
  EXPECT_EQ(Predict().error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_FALSE(ran);
}

TEST_F(ServiceTest, AnExceptionIsInternalAndHidden) {
  engine_.on_run = [] { throw std::runtime_error("/srv/secret.cc:12 broke"); };
  const grpc::Status status = Predict();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_THAT(status.error_message(),
              AllOf(HasSubstr(ServerMetadata("x-request-id")), Not(HasSubstr("secret"))));
  EXPECT_THAT(logger_.text(), HasSubstr("/srv/secret.cc:12 broke"));
}

TEST_F(ServiceTest, AFullQueueIsRefusedAtOnce) {
  std::promise<void> entered, release;
  std::promise<void> queued;
  ASSERT_TRUE(inference_
                  .Submit([&] {
                    entered.set_value();
                    release.get_future().wait();
                  })
                  .ok());
  entered.get_future().wait();
  ASSERT_TRUE(inference_.Submit([&] { queued.set_value(); }).ok());
  const grpc::Status status = Predict();
  release.set_value();
  queued.get_future().wait();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(InfoOf(status).reason(), "QUEUE_FULL");
}

TEST_F(ServiceTest, CancellingReachesTheStepThatRuns) {
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

TEST_F(ServiceTest, RefusesLargeRequestsButNotLargeBatches) {
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

TEST_F(ServiceTest, OneBadItemDoesNotFailTheBatch) {
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

TEST_F(ServiceTest, ABatchHasOneTo256Items) {
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

TEST_F(ServiceTest, ASubmissionThatFailsDoesNotTakeThePredictionWithIt) {
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

TEST_F(ServiceTest, RecordsGoThroughThePorts) {
  ml::v1::UpdateOutcomeRequest outcome;
  outcome.set_prediction_id("0b7c7ff6-5d8c-4d2c-9b44-0f3f3f0e8a11");
  outcome.set_outcome(ml::v1::OUTCOME_WIN);
  outcome.set_pnl_pips(1);
  outcome.set_pnl_percent(1);
  ml::v1::UpdateOutcomeResponse updated;
  ASSERT_TRUE(records_->UpdateOutcome(&context_, outcome, &updated).ok());
  EXPECT_EQ(updated.duration().seconds(), 5400);
  EXPECT_EQ(updated.outcome(), ml::v1::OUTCOME_WIN);

  grpc::ClientContext list_context, accuracy_context, failing_context;
  ml::v1::ListPredictionsResponse list;
  ASSERT_TRUE(records_->ListPredictions(&list_context, {}, &list).ok());
  EXPECT_EQ(list.total_size(), 2);
  EXPECT_NE(list.next_page_token(), "");
  ml::v1::GetAccuracyResponse accuracy;
  ASSERT_TRUE(records_->GetAccuracy(&accuracy_context, {}, &accuracy).ok());
  EXPECT_EQ(accuracy.overall().win_rate_percent(), 66.7);
  EXPECT_EQ(accuracy.outcome_distribution().wins(), 2);

  sink_.status = absl::UnavailableError("the backend does not answer");
  const grpc::Status failed = records_->GetAccuracy(&failing_context, {}, &accuracy);
  EXPECT_EQ(failed.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(failed.error_message(), "the backend does not answer");
}

TEST_F(ServiceTest, MethodsThatAreNotThereSaySo) {
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

TEST_F(ServiceTest, WhileDrainingNewCallsAreRefused) {
  guard_.RefuseNewCalls();
  const grpc::Status status = Predict();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(InfoOf(status).reason(), "SHUTTING_DOWN");
}

}  // namespace
}  // namespace aifx::rpc
