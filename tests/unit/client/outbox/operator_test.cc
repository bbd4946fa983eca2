// What an operator sees and does.

#include "tests/unit/client/outbox/outbox_fixture.h"

namespace aifx::outbox {
namespace {

using ::aifx::testing::StatusIs;
using records::SubmissionKind;
using records::SubmissionState;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class OperatorTest : public OutboxTest {};

TEST_F(OperatorTest, RefusalsKillAtOnceAndARequeueSendsAgain) {
  Open();
  Submit(1);
  Submit(2);
  delivery_.Script({Reply::k400, Reply::kValidationError});
  Drain();
  for (const int n : {1, 2}) {
    EXPECT_EQ(State(n), SubmissionState::kDead);
    EXPECT_EQ(Get(n).next_attempt_at, std::nullopt);
  }
  EXPECT_THAT(Get(2).error, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("takeProfit")));
  AdvanceAndDrain(absl::Hours(24));
  EXPECT_THAT(delivery_.posts(), SizeIs(2));
  ASSERT_OK(outbox_->Requeue(SubmissionKind::kPrediction, Id(1), {}));
  Drain();
  EXPECT_EQ(State(1), SubmissionState::kAcked);
  EXPECT_THAT(outbox_->Requeue(SubmissionKind::kPrediction, Id(1), {}),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("neither DEAD nor")));
  EXPECT_THAT(outbox_->Requeue(SubmissionKind::kPrediction, Id(9), {}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr(Id(9))));
  EXPECT_EQ(Stats().possible_duplicates, 0);
}

TEST_F(OperatorTest, ARequeueOfWhatMayBeStoredIsCounted) {
  Open();
  Submit(1);
  delivery_.Script({Reply::kStoreSilent});
  Drain();
  ASSERT_OK(outbox_->Requeue(SubmissionKind::kPrediction, Id(1), {}));
  Drain();
  EXPECT_EQ(State(1), SubmissionState::kAcked);
  EXPECT_EQ(Stats().possible_duplicates, 1);
  EXPECT_THAT(logger_.text(), HasSubstr("a duplicate cannot be excluded"));
  Open();
  EXPECT_EQ(Stats().possible_duplicates, 1);  // kept in the file
}

TEST_F(OperatorTest, ARefusedKeyPausesEverythingWithOneAlarm) {
  Open();
  for (int i = 1; i <= 3; ++i) Submit(i);
  delivery_.Script({Reply::k401, Reply::k401});
  Drain();
  EXPECT_TRUE(Stats().paused);
  EXPECT_THAT(delivery_.posts(), SizeIs(1));
  AdvanceAndDrain(options_.delivery.paused_probe_wait - absl::Microseconds(1));
  EXPECT_THAT(delivery_.posts(), SizeIs(1));
  AdvanceAndDrain(absl::Microseconds(1));
  EXPECT_THAT(delivery_.posts(), SizeIs(2));  // one probe
  EXPECT_EQ(logger_.text().find("is paused"), logger_.text().rfind("is paused"));
  AdvanceAndDrain(options_.delivery.paused_probe_wait);
  EXPECT_FALSE(Stats().paused);
  for (int i = 1; i <= 3; ++i) EXPECT_EQ(State(i), SubmissionState::kAcked);
}

TEST_F(OperatorTest, ListsNewestFirstInPages) {
  Open();
  for (int i = 1; i <= 5; ++i) Submit(i);
  delivery_.Script({Reply::k400});
  Drain();
  ASSERT_OK_AND_ASSIGN(const records::SubmissionPage first, outbox_->List({.limit = 2}, {}));
  ASSERT_THAT(first.submissions, SizeIs(2));
  EXPECT_EQ(first.submissions[0].request_id, Id(5));
  ASSERT_NE(first.next, 0);
  ASSERT_OK_AND_ASSIGN(const records::SubmissionPage rest,
                       outbox_->List({.limit = 100, .before = first.next}, {}));
  EXPECT_THAT(rest.submissions, SizeIs(3));
  EXPECT_EQ(rest.next, 0);
  ASSERT_OK_AND_ASSIGN(const records::SubmissionPage dead,
                       outbox_->List({.states = {SubmissionState::kDead}}, {}));
  ASSERT_THAT(dead.submissions, SizeIs(1));
  EXPECT_EQ(dead.submissions[0].request_id, Id(1));
  EXPECT_THAT(outbox_->List({.limit = 1001}, {}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("limit 1001")));
}

TEST_F(OperatorTest, PurgesOnlyWhatIsSettledAndOldEnough) {
  Open();
  Submit(1);
  Submit(2);
  delivery_.Script({Reply::k400});
  Drain();
  clock_.Advance(absl::Hours(2));
  Submit(3);
  EXPECT_THAT(outbox_->Purge({SubmissionState::kQueued}, {}, {}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("ACKED and DEAD only")));
  EXPECT_THAT(outbox_->Purge({SubmissionState::kDead}, absl::Hours(3), {}),
              testing::IsOkAndHolds(0));
  EXPECT_THAT(outbox_->Purge({SubmissionState::kDead, SubmissionState::kAcked}, absl::Hours(1), {}),
              testing::IsOkAndHolds(2));
  EXPECT_EQ(State(3), SubmissionState::kQueued);
  EXPECT_EQ(Stats().usage.OpenRows(), 1);
}

TEST_F(OperatorTest, ForgetsAckedSubmissionsAfterAWhile) {
  Open();
  Submit(1);
  Drain();
  AdvanceAndDrain(options_.keep_acked - absl::Hours(1));
  EXPECT_EQ(State(1), SubmissionState::kAcked);
  AdvanceAndDrain(absl::Hours(1) + absl::Seconds(1));
  EXPECT_THAT(outbox_->Get(SubmissionKind::kPrediction, Id(1), {}),
              StatusIs(absl::StatusCode::kNotFound, ::testing::_));
}

TEST_F(OperatorTest, TellsHowItStands) {
  Open();
  Submit(1);
  clock_.Advance(absl::Minutes(3));
  Submit(2);
  OutboxStats stats = Stats();
  EXPECT_EQ(stats.usage.Rows(SubmissionState::kQueued), 2);
  EXPECT_EQ(stats.oldest_open, absl::Minutes(3));
  EXPECT_GT(stats.usage.open_bytes, 100);
  EXPECT_OK(stats.disk);
  EXPECT_THAT(stats.put_aside, IsEmpty());
  Drain();
  stats = Stats();
  EXPECT_EQ(stats.usage.Rows(SubmissionState::kAcked), 2);
  EXPECT_EQ(stats.usage.open_bytes, 0);
  EXPECT_EQ(stats.oldest_open, std::nullopt);
}

}  // namespace
}  // namespace aifx::outbox
