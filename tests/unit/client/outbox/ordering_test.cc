// Outcomes: after their prediction, replaced by newer ones, dead with it.

#include <filesystem>

#include "tests/unit/client/outbox/outbox_fixture.h"

namespace aifx::outbox {
namespace {

using ::aifx::testing::StatusIs;
using records::Outcome;
using records::SubmissionKind;
using records::SubmissionReceipt;
using records::SubmissionState;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class OrderingTest : public OutboxTest {};

TEST_F(OrderingTest, AnOutcomeWaitsForItsPredictionAndGoesToItsId) {
  Open();
  Submit(1);
  delivery_.Script({Reply::kStoreSilent});
  Drain();
  const SubmissionReceipt waiting = SubmitOutcome(1, Outcome::kWin);
  EXPECT_EQ(waiting.state, SubmissionState::kQueued);
  EXPECT_EQ(waiting.next_attempt_at, std::nullopt);
  Drain();
  EXPECT_THAT(delivery_.puts(), IsEmpty());
  AdvanceAndDrain(options_.delivery.settle);
  ASSERT_THAT(delivery_.puts(), SizeIs(1));
  EXPECT_EQ(delivery_.puts()[0].prediction_id, "backend-1");
  const SubmissionReceipt sent = Get(1, kOutcome);
  EXPECT_EQ(sent.state, SubmissionState::kAcked);
  EXPECT_EQ(sent.backend_prediction_id, "backend-1");
  ASSERT_TRUE(sent.outcome.has_value());
  EXPECT_EQ(sent.outcome->duration_minutes, 90);
  Open();
  EXPECT_EQ(Get(1, kOutcome).outcome->pnl_pips, 12.5);
}

TEST_F(OrderingTest, AnOutcomeOfAPredictionKeptNowhereGoesWithTheIdAsGiven) {
  Open();
  SubmitOutcome(5, Outcome::kLoss);
  Drain();
  ASSERT_THAT(delivery_.puts(), SizeIs(1));
  EXPECT_EQ(delivery_.puts()[0].prediction_id, Id(5));
  EXPECT_EQ(delivery_.puts()[0].pnl_pips, 12.5);
}

TEST_F(OrderingTest, APredictionAcceptedAfterItsOutcomeStillGoesFirst) {
  Open();
  SubmitOutcome(1, Outcome::kWin);
  clock_.Advance(absl::Milliseconds(1));
  Submit(1);
  Drain();
  EXPECT_THAT(delivery_.posts(), SizeIs(1));
  ASSERT_THAT(delivery_.puts(), SizeIs(1));
  EXPECT_EQ(delivery_.puts()[0].prediction_id, "backend-1");
}

TEST_F(OrderingTest, OutcomesAreRepeatedWithoutALookUp) {
  Open();
  Submit(1);
  Drain();
  SubmitOutcome(1, Outcome::kWin);
  delivery_.Script({Reply::kLose, Reply::k503});
  Drain();
  EXPECT_EQ(State(1, kOutcome), SubmissionState::kQueued);
  AdvanceAndDrain(options_.delivery.settle);
  AdvanceAndDrain(options_.delivery.settle);
  EXPECT_EQ(State(1, kOutcome), SubmissionState::kAcked);
  EXPECT_THAT(delivery_.puts(), SizeIs(3));
  EXPECT_EQ(delivery_.lookups(), 0);
}

TEST_F(OrderingTest, ANewOutcomeReplacesTheOneBefore) {
  Open();
  Submit(1);
  Drain();
  SubmitOutcome(1, Outcome::kWin);
  SubmitOutcome(1, Outcome::kWin);   // the same again
  SubmitOutcome(1, Outcome::kLoss);  // before it is sent
  Drain();
  ASSERT_THAT(delivery_.puts(), SizeIs(1));
  EXPECT_EQ(delivery_.puts()[0].outcome, Outcome::kLoss);
  SubmitOutcome(1, Outcome::kBreakeven);  // after it is ACKED
  EXPECT_EQ(State(1, kOutcome), SubmissionState::kQueued);
  Drain();
  ASSERT_THAT(delivery_.puts(), SizeIs(2));
  EXPECT_EQ(Get(1, kOutcome).outcome->outcome, Outcome::kBreakeven);
}

TEST_F(OrderingTest, AnAnswerToAReplacedOutcomeSettlesNothing) {
  Open();
  Submit(1);
  Drain();
  SubmitOutcome(1, Outcome::kWin);
  delivery_.on_put = [&](const records::OutcomeUpdate& update) {
    if (update.outcome == Outcome::kWin) SubmitOutcome(1, Outcome::kLoss);
  };
  Drain();
  ASSERT_THAT(delivery_.puts(), SizeIs(2));
  EXPECT_EQ(delivery_.puts()[1].outcome, Outcome::kLoss);
  EXPECT_EQ(Get(1, kOutcome).outcome->outcome, Outcome::kLoss);
}

TEST_F(OrderingTest, AReplacementWaitsUntilAnOlderOneCannotArriveAfterIt) {
  Open();
  Submit(1);
  Drain();
  SubmitOutcome(1, Outcome::kWin);
  delivery_.Script({Reply::kLose});
  Drain();
  SubmitOutcome(1, Outcome::kLoss);
  Drain();
  EXPECT_THAT(delivery_.puts(), SizeIs(1));
  AdvanceAndDrain(options_.delivery.settle);
  EXPECT_THAT(delivery_.puts(), SizeIs(2));
}

TEST_F(OrderingTest, AnOutcomeDiesWithItsPredictionAndComesBackWithIt) {
  Open();
  Submit(1);
  SubmitOutcome(1, Outcome::kWin);
  delivery_.Script({Reply::k400});
  Drain();
  EXPECT_EQ(State(1, kOutcome), SubmissionState::kDead);
  EXPECT_THAT(std::string(Get(1, kOutcome).error.message()), HasSubstr("its prediction is DEAD"));
  EXPECT_THAT(outbox_->Requeue(SubmissionKind::kOutcome, Id(1), {}),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("requeue that one")));
  ASSERT_OK(outbox_->Requeue(SubmissionKind::kPrediction, Id(1), {}));
  Drain();
  EXPECT_EQ(State(1), SubmissionState::kAcked);
  EXPECT_EQ(State(1, kOutcome), SubmissionState::kAcked);
}

TEST_F(OrderingTest, APurgeKeepsPredictionsWhoseOutcomeStillHasToGo) {
  Open();
  Submit(1);
  Drain();
  SubmitOutcome(1, Outcome::kWin);
  clock_.Advance(absl::Hours(1));
  EXPECT_THAT(outbox_->Purge({SubmissionState::kAcked}, {}, {}), testing::IsOkAndHolds(0));
  Drain();
  clock_.Advance(absl::Hours(1));
  EXPECT_THAT(outbox_->Purge({SubmissionState::kAcked}, {}, {}), testing::IsOkAndHolds(2));
}

TEST_F(OrderingTest, WhatWasInFlightAtAKillIsLookedUp) {
  Open();
  for (int i = 1; i <= 2; ++i) Submit(i);
  delivery_.Script({Reply::kStoreSilent, Reply::kLose});
  // The folder as a kill in the middle of each request would leave it.
  const std::string copy = folder_ / "copy";
  delivery_.on_post = [&](const std::string& id) {
    if (id != Id(2)) return;
    std::filesystem::create_directory(copy);
    for (const char* name : {"outbox.db", "outbox.db-wal"}) {
      std::filesystem::copy_file(options_.folder + "/" + name, copy + "/" + name);
    }
  };
  Drain();
  delivery_.on_post = nullptr;
  options_.folder = copy;
  Open();
  EXPECT_EQ(State(1), SubmissionState::kUnknown);
  EXPECT_EQ(State(2), SubmissionState::kUnknown);
  EXPECT_THAT(std::string(Get(2).error.message()), HasSubstr("the engine stopped"));
  AdvanceAndDrain(options_.delivery.settle);
  EXPECT_EQ(State(1), SubmissionState::kAcked);
  EXPECT_EQ(State(2), SubmissionState::kAcked);
  EXPECT_THAT(delivery_.stored().at(Id(1)), SizeIs(1));
  EXPECT_THAT(delivery_.stored().at(Id(2)), SizeIs(1));
}

}  // namespace
}  // namespace aifx::outbox
