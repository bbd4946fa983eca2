#include "client/outbox/outbox.h"

#include <thread>

#include "tests/unit/client/outbox/outbox_fixture.h"

namespace aifx::outbox {
namespace {

using ::aifx::testing::StatusIs;
using records::Acknowledge;
using records::Outcome;
using records::SubmissionKind;
using records::SubmissionReceipt;
using records::SubmissionState;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(OutboxTest, KeepsWhatItAcknowledgedAcrossARestartAndSendsIt) {
  Open();
  const SubmissionReceipt receipt = Submit(1);
  EXPECT_EQ(receipt.state, SubmissionState::kQueued);
  EXPECT_EQ(receipt.request_id, Id(1));
  EXPECT_EQ(receipt.created_at, clock_.Now());
  EXPECT_EQ(receipt.next_attempt_at, clock_.Now());
  Open();
  Drain();
  const SubmissionReceipt sent = Get(1);
  EXPECT_EQ(sent.state, SubmissionState::kAcked);
  EXPECT_EQ(sent.backend_prediction_id, "backend-1");
  EXPECT_EQ(sent.attempts, 1);
  EXPECT_EQ(sent.next_attempt_at, std::nullopt);
  Drain();
  EXPECT_THAT(delivery_.posts(), ElementsAre(Id(1)));
}

TEST_F(OutboxTest, TheSameContentTwiceIsOneSubmissionAndOtherContentIsRefused) {
  Open();
  Submit(1);
  EXPECT_EQ(Submit(1).state, SubmissionState::kQueued);
  records::Submission upper = SubmissionNumber(1);
  upper.request_id = absl::AsciiStrToUpper(upper.request_id);
  upper.technical_data_json = R"({ "asOf" : "2018-06-12T10:00:00Z" })";  // the same in JSON
  EXPECT_OK(outbox_->Submit(upper, Acknowledge::kWhenDurable, {}));
  const auto other = outbox_->Submit(SubmissionNumber(1, 1.11), Acknowledge::kWhenDurable, {});
  EXPECT_THAT(other, StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr(Id(1))));
  Drain();
  EXPECT_EQ(Submit(1).state, SubmissionState::kAcked);  // also after its payload is gone
  EXPECT_THAT(outbox_->Submit(SubmissionNumber(1, 1.11), Acknowledge::kWhenDurable, {}),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr(Id(1))));
  Drain();
  EXPECT_THAT(delivery_.posts(), SizeIs(1));
}

TEST_F(OutboxTest, SendsInTheOrderOfAcceptance) {
  Open();
  for (int i = 1; i <= 3; ++i) Submit(i);
  Drain();
  EXPECT_THAT(delivery_.posts(), ElementsAre(Id(1), Id(2), Id(3)));
}

TEST_F(OutboxTest, LooksUpAfterAnAmbiguousFailureBeforeItSendsAgain) {
  Open();
  Submit(1);
  Submit(2);
  delivery_.Script({Reply::kStoreSilent, Reply::kLose});
  Drain();
  EXPECT_EQ(State(1), SubmissionState::kUnknown);
  EXPECT_EQ(State(2), SubmissionState::kUnknown);
  EXPECT_THAT(Get(1).error, StatusIs(absl::StatusCode::kUnavailable, HasSubstr("reset")));
  AdvanceAndDrain(options_.delivery.settle - absl::Microseconds(1));
  EXPECT_EQ(delivery_.lookups(), 0);
  AdvanceAndDrain(absl::Microseconds(1));
  EXPECT_EQ(delivery_.lookups(), 1);  // one for both
  EXPECT_EQ(State(1), SubmissionState::kAcked);
  EXPECT_EQ(Get(1).backend_prediction_id, "backend-1");
  EXPECT_EQ(State(2), SubmissionState::kAcked);  // not found, so sent again
  EXPECT_THAT(delivery_.posts(), ElementsAre(Id(1), Id(2), Id(2)));
  EXPECT_EQ(Stats().possible_duplicates, 0);
}

TEST_F(OutboxTest, StaysUnknownWhileTheLookUpIsIncomplete) {
  Open();
  Submit(1);
  delivery_.Script({Reply::kLose});
  delivery_.ScriptLookups({absl::UnavailableError("down"), absl::UnavailableError("down")});
  Drain();
  AdvanceAndDrain(options_.delivery.settle);
  EXPECT_EQ(State(1), SubmissionState::kUnknown);
  EXPECT_THAT(Get(1).error, StatusIs(absl::StatusCode::kUnavailable, HasSubstr("looked up: down")));
  AdvanceAndDrain(options_.delivery.settle);
  EXPECT_EQ(State(1), SubmissionState::kUnknown);
  EXPECT_THAT(delivery_.posts(), SizeIs(1));
  AdvanceAndDrain(absl::Minutes(1));
  EXPECT_EQ(State(1), SubmissionState::kAcked);
  EXPECT_EQ(delivery_.lookups(), 3);
}

TEST_F(OutboxTest, CountsWhatArrivedAfterItsLookUp) {
  Open();
  Submit(1);
  delivery_.Script({Reply::kLose});
  Drain();
  AdvanceAndDrain(options_.delivery.settle);  // not found, sent again
  ASSERT_EQ(State(1), SubmissionState::kAcked);
  delivery_.StoreLate(Id(1));
  EXPECT_EQ(Stats().duplicates_found, 0);
  AdvanceAndDrain(options_.delivery.settle);
  EXPECT_EQ(Stats().duplicates_found, 1);
  EXPECT_THAT(logger_.text(), HasSubstr("ERROR the backend holds a submission more than once"));
  AdvanceAndDrain(absl::Hours(1));
  EXPECT_EQ(Stats().duplicates_found, 1);  // counted once
  EXPECT_EQ(delivery_.lookups(), 2);
}

TEST_F(OutboxTest, ALimitHoldsTheWholeQueueForAsLongAsAsked) {
  Open();
  Submit(1);
  Submit(2);
  delivery_.Script({Reply::k429});
  Drain();
  AdvanceAndDrain(absl::Seconds(30) - absl::Microseconds(1));
  EXPECT_THAT(delivery_.posts(), SizeIs(1));
  AdvanceAndDrain(absl::Microseconds(1));
  EXPECT_EQ(State(1), SubmissionState::kAcked);
  EXPECT_EQ(State(2), SubmissionState::kAcked);
  EXPECT_EQ(delivery_.lookups(), 0);
}

TEST_F(OutboxTest, AnOutageLosesNothingForSevenDaysAndThenTellsSo) {
  Open();
  Submit(1);
  delivery_.otherwise = [] { return Reply::kUnreachable; };
  const absl::Time start = clock_.Now();
  while (clock_.Now() < start + absl::Hours(24 * 7 - 6)) {
    AdvanceAndDrain(absl::Hours(3));
    ASSERT_EQ(State(1), SubmissionState::kQueued);
  }
  EXPECT_EQ(delivery_.lookups(), 0);  // nothing can have arrived
  AdvanceAndDrain(absl::Hours(6));
  EXPECT_EQ(State(1), SubmissionState::kDead);
  EXPECT_THAT(std::string(Get(1).error.message()), HasSubstr("requeue"));
}

TEST_F(OutboxTest, WaitsForTheAnswerUntilTheDeadline) {
  options_.workers = 1;
  delivery_.Script({Reply::kStore, Reply::k400});
  Open();
  ASSERT_OK_AND_ASSIGN(const SubmissionReceipt acked,
                       outbox_->Submit(SubmissionNumber(1), Acknowledge::kWhenAnswered, {}));
  EXPECT_EQ(acked.state, SubmissionState::kAcked);
  ASSERT_OK_AND_ASSIGN(const SubmissionReceipt dead,
                       outbox_->Submit(SubmissionNumber(2), Acknowledge::kWhenAnswered, {}));
  EXPECT_EQ(dead.state, SubmissionState::kDead);
  options_.workers = 0;
  Open();
  base::CallContext late{.deadline = clock_.Now() + absl::Seconds(1)};
  std::thread advance([&] {
    while (Stats().usage.OpenRows() < 2) std::this_thread::yield();
    clock_.Advance(absl::Seconds(1));
  });
  const auto result = outbox_->Submit(SubmissionNumber(3), Acknowledge::kWhenAnswered, late);
  advance.join();
  EXPECT_THAT(result, StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("goes on")));
  EXPECT_EQ(State(3), SubmissionState::kQueued);
}

TEST_F(OutboxTest, ACallThatIsLateBeforeItIsTakenKeepsNothing) {
  Open();
  EXPECT_THAT(
      outbox_->Submit(SubmissionNumber(1), Acknowledge::kWhenDurable, {.deadline = clock_.Now()}),
      StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("not kept")));
  base::CallContext cancelled;
  cancelled.Cancel();
  EXPECT_THAT(outbox_->Submit(SubmissionNumber(1), Acknowledge::kWhenDurable, cancelled),
              StatusIs(absl::StatusCode::kCancelled, HasSubstr("not kept")));
  EXPECT_THAT(outbox_->Get(SubmissionKind::kPrediction, Id(1), {}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("keeps no prediction")));
}

TEST_F(OutboxTest, CapsRefuseBeforeAnythingIsKept) {
  options_.max_rows = 2;
  Open();
  Submit(1);
  Submit(2);
  const auto full = outbox_->Submit(SubmissionNumber(3), Acknowledge::kWhenDurable, {});
  EXPECT_THAT(full, StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("2 of 2")));
  EXPECT_EQ(base::ReasonOf(full.status()), "OUTBOX_FULL");
  EXPECT_EQ(Submit(2).state, SubmissionState::kQueued);  // what is there is still answered
  Drain();
  Submit(3);  // ACKED ones do not count
  const int64_t one = Stats().usage.open_bytes;
  options_.max_bytes = 2 * one;
  options_.max_rows = 100;
  Open();
  Submit(4);
  EXPECT_THAT(outbox_->Submit(SubmissionNumber(5), Acknowledge::kWhenDurable, {}),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr(absl::StrCat(2 * one, " of ", 2 * one, " bytes"))));
}

TEST_F(OutboxTest, AClockSetBackDelaysNothing) {
  Open();
  Submit(1);
  delivery_.Script({Reply::kUnreachable});
  Drain();
  clock_.Advance(-absl::Hours(1));
  Drain();
  AdvanceAndDrain(absl::Seconds(2));
  EXPECT_EQ(State(1), SubmissionState::kAcked);
}

TEST_F(OutboxTest, RefusesCallsAfterShutdown) {
  Open();
  outbox_->Shutdown(absl::ZeroDuration());
  outbox_->Shutdown(absl::ZeroDuration());
  EXPECT_THAT(outbox_->Submit(SubmissionNumber(1), Acknowledge::kWhenDurable, {}),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("shutting down")));
}

TEST_F(OutboxTest, WhatWasAcceptedUnderAClockFarAheadWaitsAnHourAtMost) {
  clock_.Advance(absl::Hours(24 * 365));
  Open();
  Submit(1);
  outbox_.reset();
  clock_.Advance(-absl::Hours(24 * 365));
  Open();
  EXPECT_EQ(Get(1).next_attempt_at, clock_.Now() + absl::Hours(1));
  AdvanceAndDrain(absl::Hours(1));
  EXPECT_EQ(State(1), SubmissionState::kAcked);
}

TEST_F(OutboxTest, WhatIsKeptCanBeAwaited) {
  Open();
  const auto await = [&](int n) {
    return outbox_->Await(SubmissionKind::kPrediction, Id(n), {.deadline = clock_.Now()});
  };
  EXPECT_THAT(await(1), StatusIs(absl::StatusCode::kNotFound, ::testing::_));
  Submit(1);
  EXPECT_THAT(await(1), StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("is kept")));
  Drain();
  EXPECT_EQ(await(1).value().state, SubmissionState::kAcked);
  outbox_->Shutdown(absl::ZeroDuration());
  EXPECT_THAT(await(1), StatusIs(absl::StatusCode::kCancelled, HasSubstr("is kept")));
}

TEST_F(OutboxTest, AMissingRouteKeepsWhatIsQueuedAndIsLoggedOnce) {
  Open();
  delivery_.Script({Reply::kNoRoute, Reply::kNoRoute, Reply::kNoRoute});
  for (int n = 1; n <= 5; ++n) Submit(n);
  Drain();
  for (int n = 1; n <= 5; ++n) EXPECT_EQ(State(n), SubmissionState::kQueued);
  EXPECT_TRUE(Stats().probing);
  EXPECT_THAT(delivery_.posts(), ::testing::SizeIs(3));
  const std::string log = logger_.text();
  EXPECT_THAT(log, HasSubstr("ERROR the backend lacks a route"));
  EXPECT_THAT(log, HasSubstr("http://backend.test has no route POST /predictions"));
  EXPECT_EQ(log.find("lacks a route"), log.rfind("lacks a route"));
  for (int i = 0; i < 10; ++i) AdvanceAndDrain(absl::Minutes(1));
  for (int n = 1; n <= 5; ++n) EXPECT_EQ(State(n), SubmissionState::kAcked);
}

}  // namespace
}  // namespace aifx::outbox
