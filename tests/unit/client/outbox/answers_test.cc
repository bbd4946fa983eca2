#include "client/outbox/answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"

namespace aifx::outbox {
namespace {

using ::aifx::testing::StatusIs;
using records::SubmissionKind;
using records::SubmissionState;
using ::testing::_;

Entry Answered(int64_t revision, const std::string& backend_id) {
  Entry entry;
  entry.kind = SubmissionKind::kOutcome;
  entry.request_id = "0b3f6a54-8f2e-4c57-9d53-000000000001";
  entry.state = SubmissionState::kAcked;
  entry.revision = revision;
  entry.backend_id = backend_id;
  return entry;
}

class AnswersTest : public ::testing::Test {
 protected:
  base::CallContext Over() { return {.deadline = clock_.Now()}; }

  testing::FakeClock clock_;
  Answers answers_{clock_};
  Answers::Place place_{answers_, SubmissionKind::kOutcome, Answered(0, "").request_id};
};

TEST_F(AnswersTest, AnAnswerToWhatWasReplacedIsNotTheNewOnes) {
  answers_.Publish(Answered(0, "old"));
  EXPECT_THAT(place_.Wait(1, Over()), StatusIs(absl::StatusCode::kDeadlineExceeded, _));
  answers_.Publish(Answered(1, "new"));
  ASSERT_OK_AND_ASSIGN(const auto receipt, place_.Wait(1, Over()));
  EXPECT_EQ(receipt.backend_prediction_id, "new");
}

TEST_F(AnswersTest, AnOlderAnswerThatComesLateDoesNotHideTheNewerOne) {
  answers_.Publish(Answered(1, "new"));
  answers_.Publish(Answered(0, "old"));
  ASSERT_OK_AND_ASSIGN(const auto receipt, place_.Wait(1, Over()));
  EXPECT_EQ(receipt.backend_prediction_id, "new");
}

}  // namespace
}  // namespace aifx::outbox
