// What is asked about submissions, and where they stand.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/rpc/from_proto.h"
#include "server/rpc/times.h"
#include "server/rpc/to_proto.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/server/rpc/violation_fields.h"

namespace aifx::rpc {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::StatusIs;

constexpr char kUuid[] = "0b7c7ff6-5d8c-4d2c-9b44-0f3f3f0e8a11";
const absl::Time kNow = absl::FromCivil(absl::CivilHour(2018, 6, 12, 10), absl::UTCTimeZone());

TEST(SubmissionKeyTest, NamesAPredictionUnlessAnOutcomeIsMeant) {
  ml::v1::GetSubmissionRequest request;
  EXPECT_THAT(FieldsOf(SubmissionKeyFromProto(request).status()), ElementsAre("request_id"));
  request.set_request_id("7");
  request.set_kind(static_cast<ml::v1::SubmissionKind>(9));
  EXPECT_THAT(FieldsOf(SubmissionKeyFromProto(request).status()),
              ElementsAre("request_id", "kind"));
  request.set_request_id(kUuid);
  request.clear_kind();
  ASSERT_OK_AND_ASSIGN(SubmissionKey key, SubmissionKeyFromProto(request));
  EXPECT_EQ(key.kind, records::SubmissionKind::kPrediction);
  EXPECT_EQ(key.request_id, kUuid);
  ml::v1::RequeueSubmissionRequest requeue;
  requeue.set_request_id(kUuid);
  requeue.set_kind(ml::v1::SUBMISSION_KIND_OUTCOME);
  ASSERT_OK_AND_ASSIGN(key, SubmissionKeyFromProto(requeue));
  EXPECT_EQ(key.kind, records::SubmissionKind::kOutcome);
}

TEST(SubmissionQueryTest, PagesFollowEachOther) {
  ml::v1::ListSubmissionsRequest request;
  request.add_states(ml::v1::SUBMISSION_STATE_DEAD);
  request.add_states(ml::v1::SUBMISSION_STATE_QUEUED);
  ASSERT_OK_AND_ASSIGN(auto query, SubmissionQueryFromProto(request));
  EXPECT_EQ(query.limit, 100);
  EXPECT_EQ(query.before, 0);
  EXPECT_THAT(query.states,
              ElementsAre(records::SubmissionState::kDead, records::SubmissionState::kQueued));
  request.set_page_token(NextSubmissionsToken(request, {.next = 41}));
  std::swap(*request.mutable_states()->Mutable(0), *request.mutable_states()->Mutable(1));
  ASSERT_OK_AND_ASSIGN(query, SubmissionQueryFromProto(request));
  EXPECT_EQ(query.before, 41);
  EXPECT_EQ(NextSubmissionsToken(request, {.next = 0}), "");
  request.add_states(ml::v1::SUBMISSION_STATE_ACKED);  // another list
  EXPECT_THAT(FieldsOf(SubmissionQueryFromProto(request).status()), ElementsAre("page_token"));
}

TEST(SubmissionQueryTest, ListsEveryError) {
  ml::v1::ListSubmissionsRequest request;
  request.set_page_size(1000);
  EXPECT_OK(SubmissionQueryFromProto(request));
  request.set_page_size(1001);
  request.add_states(ml::v1::SUBMISSION_STATE_UNSPECIFIED);
  request.add_states(static_cast<ml::v1::SubmissionState>(77));
  request.set_page_token("!");
  EXPECT_THAT(FieldsOf(SubmissionQueryFromProto(request).status()),
              ElementsAre("states[0]", "states[1]", "page_size", "page_token"));
  request.set_page_size(-1);
  EXPECT_THAT(SubmissionQueryFromProto(request),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("states[0]")));
}

TEST(SubmissionQueryTest, MoreStatesThanThereAreAreNotLookedAt) {
  ml::v1::ListSubmissionsRequest list;
  ml::v1::PurgeSubmissionsRequest purge;
  for (int i = 0; i < 6; ++i) {
    list.add_states(static_cast<ml::v1::SubmissionState>(99));
    purge.add_states(static_cast<ml::v1::SubmissionState>(99));
  }
  for (const absl::Status& status :
       {SubmissionQueryFromProto(list).status(), PurgeFromProto(purge).status()}) {
    EXPECT_THAT(FieldsOf(status), ElementsAre("states"));
    EXPECT_THAT(status.message(), HasSubstr("states has 6 entries, at most 5"));
  }
}

TEST(PurgeTest, OnlyWhatIsFinished) {
  ml::v1::PurgeSubmissionsRequest request;
  EXPECT_THAT(FieldsOf(PurgeFromProto(request).status()), ElementsAre("states"));
  request.add_states(ml::v1::SUBMISSION_STATE_ACKED);
  request.add_states(ml::v1::SUBMISSION_STATE_DEAD);
  *request.mutable_older_than() = DurationToProto(absl::Hours(48));
  ASSERT_OK_AND_ASSIGN(const PurgeArguments purge, PurgeFromProto(request));
  EXPECT_THAT(purge.states,
              ElementsAre(records::SubmissionState::kAcked, records::SubmissionState::kDead));
  EXPECT_EQ(purge.older_than, absl::Hours(48));
  request.add_states(ml::v1::SUBMISSION_STATE_UNKNOWN);
  request.mutable_older_than()->set_seconds(-1);
  const absl::Status refused = PurgeFromProto(request).status();
  EXPECT_THAT(FieldsOf(refused), ElementsAre("states[2]", "older_than"));
  EXPECT_THAT(refused.message(), HasSubstr("SUBMISSION_STATE_UNKNOWN is on its way"));
}

TEST(SubmissionToProtoTest, SaysWhatIsKnownAndLeavesOutTheRest) {
  records::SubmissionReceipt receipt{.request_id = kUuid, .created_at = kNow};
  ml::v1::Submission queued;
  ToProto(receipt, queued);
  EXPECT_EQ(queued.kind(), ml::v1::SUBMISSION_KIND_PREDICTION);
  EXPECT_EQ(queued.state(), ml::v1::SUBMISSION_STATE_QUEUED);
  EXPECT_EQ(queued.created_at().seconds(), absl::ToUnixSeconds(kNow));
  EXPECT_FALSE(queued.has_last_attempt_at());
  EXPECT_FALSE(queued.has_next_attempt_at());
  EXPECT_FALSE(queued.has_error());
  receipt.state = records::SubmissionState::kDead;
  receipt.kind = records::SubmissionKind::kOutcome;
  receipt.attempts = 3;
  receipt.last_attempt_at = kNow + absl::Seconds(1);
  receipt.next_attempt_at = kNow + absl::Seconds(2);
  receipt.error = base::WithReason(absl::NotFoundError("no such prediction"), "PREDICTION_UNKNOWN");
  ml::v1::Submission dead;
  ToProto(receipt, dead);
  EXPECT_EQ(dead.kind(), ml::v1::SUBMISSION_KIND_OUTCOME);
  EXPECT_EQ(dead.attempts(), 3);
  EXPECT_EQ(dead.next_attempt_at().seconds() - dead.last_attempt_at().seconds(), 1);
  EXPECT_EQ(dead.error().code(), 5);
  EXPECT_EQ(dead.error().message(), "no such prediction");
}

TEST(OutcomeToProtoTest, ShowsWhatWasGivenUntilTheBackendHasIt) {
  const records::OutcomeUpdate update{kUuid, records::Outcome::kLoss, -12.34, -0.5};
  records::SubmissionReceipt receipt{.request_id = kUuid};
  ml::v1::UpdateOutcomeResponse response;
  ToProto(update, receipt, response);
  EXPECT_EQ(response.state(), ml::v1::SUBMISSION_STATE_QUEUED);
  EXPECT_EQ(response.backend_prediction_id(), "");
  EXPECT_EQ(response.outcome(), ml::v1::OUTCOME_LOSS);
  EXPECT_EQ(response.pnl_pips(), -12.34);
  EXPECT_FALSE(response.has_duration());
  receipt.state = records::SubmissionState::kAcked;
  receipt.outcome = records::OutcomeReceipt{.backend_prediction_id = "b1",
                                            .outcome = records::Outcome::kLoss,
                                            .pnl_pips = -12.3,
                                            .duration_minutes = 90};
  response.Clear();
  ToProto(update, receipt, response);
  EXPECT_EQ(response.state(), ml::v1::SUBMISSION_STATE_ACKED);
  EXPECT_EQ(response.backend_prediction_id(), "b1");
  EXPECT_EQ(response.pnl_pips(), -12.3);
  EXPECT_FALSE(response.has_pnl_percent());
  EXPECT_EQ(response.duration().seconds(), 5400);
}

}  // namespace
}  // namespace aifx::rpc
