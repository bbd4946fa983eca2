#include "server/rpc/record_service.h"

#include <gmock/gmock.h>

#include <future>
#include <string>

#include "tests/support/status_matchers.h"
#include "tests/unit/server/rpc/service_fixture.h"

namespace aifx::rpc {
namespace {

using records::SubmissionState;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kUuid[] = "0b7c7ff6-5d8c-4d2c-9b44-0f3f3f0e8a11";

// The RetryInfo of a status' details, in seconds; negative where there is none.
double RetrySecondsOf(const grpc::Status& status) {
  google::rpc::Status details;
  details.ParseFromString(status.error_details());
  google::rpc::RetryInfo retry;
  for (const auto& detail : details.details()) {
    if (detail.UnpackTo(&retry)) return static_cast<double>(retry.retry_delay().seconds());
  }
  return -1;
}

class RecordServiceTest : public ServiceTest {
 protected:
  static ml::v1::SubmitPredictionRequest APrediction(double entry_price = 1.1) {
    ml::v1::SubmitPredictionRequest request;
    request.set_request_id(kUuid);
    auto* external = request.mutable_external();
    external->set_pair("EUR/USD");
    external->set_timeframe(ml::v1::TIMEFRAME_1H);
    external->set_signal(ml::v1::SIGNAL_HOLD);
    external->set_confidence(0.6);
    external->mutable_factors()->set_technical(0.5);
    external->set_entry_price(entry_price);
    return request;
  }
  static ml::v1::UpdateOutcomeRequest AnOutcome() {
    ml::v1::UpdateOutcomeRequest request;
    request.set_prediction_id(kUuid);
    request.set_outcome(ml::v1::OUTCOME_WIN);
    request.set_pnl_pips(12.5);
    request.set_pnl_percent(0.1);
    return request;
  }

  template <typename Request, typename Response>
  grpc::Status Call(grpc::Status (ml::v1::RecordService::Stub::*method)(grpc::ClientContext*,
                                                                        const Request&, Response*),
                    const Request& request, Response& response) {
    grpc::ClientContext context;
    response.Clear();
    return ((*records_).*method)(&context, request, &response);
  }
  grpc::Status Submit(const ml::v1::SubmitPredictionRequest& request) {
    return Call(&ml::v1::RecordService::Stub::SubmitPrediction, request, submitted_);
  }
  grpc::Status Update(const ml::v1::UpdateOutcomeRequest& request) {
    return Call(&ml::v1::RecordService::Stub::UpdateOutcome, request, updated_);
  }
  grpc::Status Get(ml::v1::SubmissionKind kind) {
    ml::v1::GetSubmissionRequest request;
    request.set_request_id(kUuid);
    request.set_kind(kind);
    return Call(&ml::v1::RecordService::Stub::GetSubmission, request, submission_);
  }
  grpc::Status Requeue() {
    ml::v1::RequeueSubmissionRequest request;
    request.set_request_id(kUuid);
    return Call(&ml::v1::RecordService::Stub::RequeueSubmission, request, submission_);
  }

  ml::v1::SubmitPredictionResponse submitted_;
  ml::v1::UpdateOutcomeResponse updated_;
  ml::v1::Submission submission_;
};

TEST_F(RecordServiceTest, SubmitAnswersWhenDurableAndWithWaitWhenAnswered) {
  auto request = APrediction();
  ASSERT_TRUE(Submit(request).ok());
  EXPECT_EQ(submitted_.submission().state(), ml::v1::SUBMISSION_STATE_QUEUED);
  EXPECT_EQ(submitted_.submission().request_id(), kUuid);
  EXPECT_EQ(store_.last_until(), records::Acknowledge::kWhenDurable);
  EXPECT_EQ(store_.last_context().deadline, clock_.Now() + absl::Seconds(30));
  request.set_request_id("1b7c7ff6-5d8c-4d2c-9b44-0f3f3f0e8a11");
  request.set_wait(true);
  ASSERT_TRUE(Submit(request).ok());
  EXPECT_EQ(submitted_.submission().state(), ml::v1::SUBMISSION_STATE_ACKED);
  // Time is left to say what became of it.
  EXPECT_EQ(store_.last_context().deadline, clock_.Now() + absl::Milliseconds(29750));
}

TEST_F(RecordServiceTest, TheSameRequestIdIsTheSameSubmission) {
  ASSERT_TRUE(Submit(APrediction()).ok());
  ASSERT_TRUE(Submit(APrediction()).ok());
  const grpc::Status other = Submit(APrediction(1.2));
  EXPECT_EQ(other.error_code(), grpc::StatusCode::ALREADY_EXISTS);
  EXPECT_EQ(InfoOf(other).reason(), "SUBMISSION_EXISTS");
  ml::v1::ListSubmissionsResponse list;
  ASSERT_TRUE(Call(&ml::v1::RecordService::Stub::ListSubmissions, {}, list).ok());
  EXPECT_EQ(list.submissions_size(), 1);
}

// What a store cannot keep is not acknowledged, and what the backend refused is said to who waits.
struct ErrorCase {
  const char* name;
  absl::Status status;
  grpc::StatusCode want;
  const char* reason;
  double retry_seconds;
};

TEST_F(RecordServiceTest, ErrorsOfTheStore) {
  const ErrorCase cases[] = {
      {"full", absl::ResourceExhaustedError("the outbox holds 10 submissions"),
       grpc::StatusCode::RESOURCE_EXHAUSTED, "OUTBOX_FULL", 30},
      {"full, and it says for how long",
       base::WithRetryAfter(absl::ResourceExhaustedError("full"), 5),
       grpc::StatusCode::RESOURCE_EXHAUSTED, "OUTBOX_FULL", 5},
      {"disk", absl::InternalError("fsync failed"), grpc::StatusCode::INTERNAL, "INTERNAL", -1},
      {"late", absl::DeadlineExceededError("durable, and not answered yet"),
       grpc::StatusCode::DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED", -1},
      {"disk full",
       base::WithReason(absl::ResourceExhaustedError("/srv/outbox.db: no space"),
                        "OUTBOX_DISK_FULL"),
       grpc::StatusCode::RESOURCE_EXHAUSTED, "OUTBOX_DISK_FULL", 30},
  };
  for (const ErrorCase& test : cases) {
    SCOPED_TRACE(test.name);
    store_.FailWith(test.status);
    for (const grpc::Status& status : {Submit(APrediction()), Update(AnOutcome())}) {
      EXPECT_EQ(status.error_code(), test.want);
      EXPECT_EQ(InfoOf(status).reason(), test.reason);
      EXPECT_EQ(RetrySecondsOf(status), test.retry_seconds);
      EXPECT_THAT(status.error_message(), Not(HasSubstr("/srv")));
    }
  }
}

TEST_F(RecordServiceTest, ARefusalIsAnErrorForWhoWaitsAndAStateForWhoDoesNot) {
  store_.AnswerWith(SubmissionState::kDead, absl::NotFoundError("no such prediction"));
  auto request = AnOutcome();
  ASSERT_TRUE(Update(request).ok());
  EXPECT_EQ(updated_.state(), ml::v1::SUBMISSION_STATE_DEAD);
  EXPECT_EQ(updated_.error().message(), "no such prediction");
  request.set_wait(true);
  const grpc::Status refused = Update(request);
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(refused.error_message(), "no such prediction");
}

TEST_F(RecordServiceTest, OutcomesAnswerWithTheBackendsValuesOnceTheyAreThere) {
  ASSERT_TRUE(Update(AnOutcome()).ok());
  EXPECT_EQ(updated_.state(), ml::v1::SUBMISSION_STATE_QUEUED);
  EXPECT_EQ(updated_.pnl_percent(), 0.1);
  store_.AnswerWith(SubmissionState::kAcked);
  auto request = AnOutcome();
  request.set_prediction_id("1b7c7ff6-5d8c-4d2c-9b44-0f3f3f0e8a11");
  ASSERT_TRUE(Update(request).ok());
  EXPECT_EQ(updated_.state(), ml::v1::SUBMISSION_STATE_ACKED);
  EXPECT_EQ(updated_.backend_prediction_id(), "backend-1");
  EXPECT_EQ(updated_.duration().seconds(), 5400);
}

TEST_F(RecordServiceTest, FindsWhatItKeepsByKind) {
  EXPECT_EQ(Get(ml::v1::SUBMISSION_KIND_UNSPECIFIED).error_code(), grpc::StatusCode::NOT_FOUND);
  ASSERT_TRUE(Submit(APrediction()).ok());
  ASSERT_TRUE(Get(ml::v1::SUBMISSION_KIND_UNSPECIFIED).ok());
  EXPECT_EQ(submission_.kind(), ml::v1::SUBMISSION_KIND_PREDICTION);
  const grpc::Status none = Get(ml::v1::SUBMISSION_KIND_OUTCOME);
  EXPECT_EQ(none.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(InfoOf(none).reason(), "SUBMISSION_NOT_FOUND");
}

TEST_F(RecordServiceTest, ListsPageByPage) {
  auto request = APrediction();
  for (const char digit : {'1', '2', '3'}) {
    request.mutable_request_id()->front() = digit;
    ASSERT_TRUE(Submit(request).ok());
  }
  ml::v1::ListSubmissionsRequest list;
  ml::v1::ListSubmissionsResponse page;
  list.set_page_size(2);
  std::string seen;
  do {
    ASSERT_TRUE(Call(&ml::v1::RecordService::Stub::ListSubmissions, list, page).ok());
    for (const auto& submission : page.submissions()) seen += submission.request_id().front();
    list.set_page_token(page.next_page_token());
  } while (!page.next_page_token().empty());
  EXPECT_EQ(seen, "321");
  list.set_page_size(1001);
  EXPECT_EQ(Call(&ml::v1::RecordService::Stub::ListSubmissions, list, page).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(RecordServiceTest, RequeuesWhatIsDeadAndPurgesWhatIsFinished) {
  store_.AnswerWith(SubmissionState::kDead, absl::InvalidArgumentError("refused"));
  ASSERT_TRUE(Submit(APrediction()).ok());
  ASSERT_TRUE(Requeue().ok());
  EXPECT_EQ(submission_.state(), ml::v1::SUBMISSION_STATE_QUEUED);
  const grpc::Status again = Requeue();
  EXPECT_EQ(again.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(InfoOf(again).reason(), "SUBMISSION_NOT_STUCK");

  ASSERT_TRUE(Update(AnOutcome()).ok());  // dead too
  ml::v1::PurgeSubmissionsRequest purge;
  ml::v1::PurgeSubmissionsResponse purged;
  EXPECT_EQ(Call(&ml::v1::RecordService::Stub::PurgeSubmissions, purge, purged).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
  purge.add_states(ml::v1::SUBMISSION_STATE_DEAD);
  purge.mutable_older_than()->set_seconds(60);
  ASSERT_TRUE(Call(&ml::v1::RecordService::Stub::PurgeSubmissions, purge, purged).ok());
  EXPECT_EQ(purged.purged(), 1);
  EXPECT_EQ(store_.last_older_than(), absl::Minutes(1));
}

// A backend that hangs holds the threads that wait for it, not those that write to the disk or
// read; and what nobody can wait for is kept all the same.
TEST_F(RecordServiceTest, NobodyStandsBehindThoseThatWaitAndNothingIsLostForThem) {
  std::promise<void> go, held;
  const auto gone = go.get_future().share();
  ASSERT_OK(waiting_.Submit([&] {
    held.set_value();
    gone.wait();
  }));
  held.get_future().wait();
  ASSERT_OK(waiting_.Submit([] {}));  // its queue is full
  ml::v1::ListPredictionsResponse list;
  const grpc::Status durable = Submit(APrediction());
  const grpc::Status read = Call(&ml::v1::RecordService::Stub::ListPredictions, {}, list);
  auto outcome = AnOutcome();
  outcome.set_wait(true);
  const grpc::Status waits = Update(outcome);
  const grpc::Status kept = Get(ml::v1::SUBMISSION_KIND_OUTCOME);
  go.set_value();
  waiting_.Shutdown();  // its task uses what ends here
  EXPECT_TRUE(durable.ok()) << durable.error_message();
  EXPECT_TRUE(read.ok()) << read.error_message();
  EXPECT_EQ(waits.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_THAT(waits.error_message(), HasSubstr("is kept and goes on"));
  EXPECT_TRUE(kept.ok()) << kept.error_message();
}

TEST_F(RecordServiceTest, ReadsComeFromTheBackend) {
  ml::v1::ListPredictionsResponse list;
  ASSERT_TRUE(Call(&ml::v1::RecordService::Stub::ListPredictions, {}, list).ok());
  EXPECT_EQ(list.total_size(), 2);
  EXPECT_NE(list.next_page_token(), "");
  ml::v1::GetAccuracyResponse accuracy;
  ASSERT_TRUE(Call(&ml::v1::RecordService::Stub::GetAccuracy, {}, accuracy).ok());
  EXPECT_EQ(accuracy.overall().win_rate_percent(), 66.7);
  EXPECT_EQ(accuracy.outcome_distribution().wins(), 2);
  reader_.status = absl::UnavailableError("the backend does not answer");
  const grpc::Status failed = Call(&ml::v1::RecordService::Stub::GetAccuracy, {}, accuracy);
  EXPECT_EQ(failed.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(failed.error_message(), "the backend does not answer");
}

}  // namespace
}  // namespace aifx::rpc
