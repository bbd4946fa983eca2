// The power is cut at every write and sync of a run, on a disk that loses what was not synced: no
// acknowledged submission is lost, none is settled that was not, and the file opens clean.

#include <cstdlib>
#include <map>

#include "absl/strings/match.h"
#include "tests/support/unsynced_vfs.h"
#include "tests/unit/client/outbox/outbox_fixture.h"

namespace aifx::outbox {
namespace {

using ::aifx::testing::StatusIs;
using records::Acknowledge;
using records::Outcome;
using records::SubmissionKind;
using records::SubmissionState;
using ::testing::HasSubstr;

class PowerCutTest : public OutboxTest {
 protected:
  PowerCutTest() { options_.vfs = vfs_.name(); }
  ~PowerCutTest() override { outbox_.reset(); }  // before its files go

  // Submits, sends, fails, replaces and purges until the power goes or all is done.
  void Run(std::map<int, SubmissionState>& acknowledged) {
    auto opened = TryOpen();
    if (!opened.ok()) return;
    outbox_ = *std::move(opened);
    FakeDelivery& backend = delivery_;
    backend.Script({Reply::kStore, Reply::kLose, Reply::kStoreSilent, Reply::k400});
    for (int i = 1; i <= 6; ++i) {
      const auto receipt = outbox_->Submit(SubmissionNumber(i), Acknowledge::kWhenDurable, {});
      if (receipt.ok()) acknowledged[i] = receipt->state;
      if (i % 2 == 0) Drain();
    }
    const auto outcome =
        outbox_->SubmitOutcome({Id(1), Outcome::kWin, 1, 1}, Acknowledge::kWhenDurable, {});
    if (outcome.ok()) acknowledged[-1] = outcome->state;
    Drain();
    AdvanceAndDrain(options_.delivery.settle);
    outbox_->Requeue(SubmissionKind::kPrediction, Id(4), {}).IgnoreError();
    Drain();
    outbox_.reset();  // checkpoints, and deletes the log
  }

  // After the power is back: everything acknowledged is there and reaches the backend.
  void CheckNothingIsLost(const std::map<int, SubmissionState>& acknowledged) {
    outbox_.reset();
    auto opened = TryOpen();
    ASSERT_OK(opened);
    outbox_ = *std::move(opened);
    for (int i = 0; i < 10; ++i) AdvanceAndDrain(options_.delivery.settle);
    for (const auto& [number, state] : acknowledged) {
      SCOPED_TRACE(number);
      const auto kind = number > 0 ? SubmissionKind::kPrediction : SubmissionKind::kOutcome;
      const auto receipt = outbox_->Get(kind, Id(std::abs(number)), {});
      ASSERT_OK(receipt);
      // What the backend refused may have been refused before the cut.
      EXPECT_THAT(receipt->state,
                  ::testing::AnyOf(SubmissionState::kAcked, SubmissionState::kDead));
      if (number > 0 && receipt->state == SubmissionState::kAcked) {
        EXPECT_EQ(delivery_.stored()[Id(number)].size(), 1u);
      }
    }
  }

  testing::UnsyncedVfs vfs_;
};

// A run of its own inside a test.
class CutRun final : public PowerCutTest {
 public:
  explicit CutRun(const std::string& folder) { options_.folder = folder; }

  // Runs to the cut, or to the end with 0, and checks what is there afterwards. Returns how many
  // operations the run had.
  int64_t RunAndCheck(int64_t cut, uint64_t seed) {
    vfs_.CutPowerAt(cut);
    std::map<int, SubmissionState> acknowledged;
    Run(acknowledged);
    EXPECT_EQ(vfs_.power_is_off(), cut != 0);
    EXPECT_TRUE(cut != 0 || acknowledged.size() == 7);
    outbox_.reset();
    const int64_t operations = vfs_.operations();
    vfs_.Reboot(seed);
    CheckNothingIsLost(acknowledged);
    return operations;
  }

 private:
  void TestBody() override {}
};

TEST_F(PowerCutTest, LosesNothingAtAnyWriteOrSync) {
  const int64_t operations = CutRun(options_.folder).RunAndCheck(0, 0);
  ASSERT_GT(operations, 100);
  for (int64_t cut = 1; cut <= operations && !HasFailure(); ++cut) {
    for (const uint64_t seed : {uint64_t{0}, static_cast<uint64_t>(cut)}) {
      SCOPED_TRACE(absl::StrCat("cut at ", cut, " of ", operations, ", seed ", seed));
      CutRun(options_.folder).RunAndCheck(cut, seed);
    }
  }
}

// The saboteur finds a missing sync: with synchronous=OFF acknowledged rows are lost.
TEST_F(PowerCutTest, TheDiskReallyLosesWhatIsNotSynced) {
  ASSERT_OK_AND_ASSIGN(Database database, Database::Open("careless.db", vfs_.name()));
  ASSERT_OK(database.Text("PRAGMA locking_mode=EXCLUSIVE"));
  ASSERT_OK(database.Text("PRAGMA journal_mode=WAL"));
  ASSERT_OK(database.Run("CREATE TABLE t (x)"));
  ASSERT_OK(database.Run("PRAGMA synchronous=OFF"));
  ASSERT_OK(database.Run("INSERT INTO t VALUES (1)"));
  vfs_.CutPowerAt(vfs_.operations() + 1);
  EXPECT_FALSE(database.Run("INSERT INTO t VALUES (2)").ok());
  vfs_.Reboot(0);
  ASSERT_OK_AND_ASSIGN(Database after, Database::Open("careless.db", vfs_.name()));
  ASSERT_OK(after.Text("PRAGMA locking_mode=EXCLUSIVE"));
  EXPECT_NE(after.Integer("SELECT count(*) FROM t").value_or(0), 1);
}

TEST_F(PowerCutTest, AFullDiskRefusesAndRecoversWithoutARestart) {
  Open();
  Submit(1);
  vfs_.SetDiskFull(true);
  absl::Status refused;
  // Some pages of the log may still be there to be written over.
  for (int i = 2; i < 50 && refused.ok(); ++i) {
    refused = outbox_->Submit(SubmissionNumber(i), Acknowledge::kWhenDurable, {}).status();
    if (!refused.ok()) {
      EXPECT_THAT(outbox_->Get(SubmissionKind::kPrediction, Id(i), {}),
                  StatusIs(absl::StatusCode::kNotFound, ::testing::_));
    }
  }
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("free space")));
  EXPECT_EQ(base::ReasonOf(refused), "OUTBOX_DISK_FULL");
  EXPECT_EQ(State(1), SubmissionState::kQueued);  // reading works, which proves nothing
  EXPECT_THAT(Stats().disk, StatusIs(absl::StatusCode::kResourceExhausted, ::testing::_));
  vfs_.SetDiskFull(false);
  Submit(99);
  EXPECT_OK(Stats().disk);
  Open();
  EXPECT_EQ(State(1), SubmissionState::kQueued);
  EXPECT_EQ(State(99), SubmissionState::kQueued);
}

TEST_F(PowerCutTest, AFailedSyncAcknowledgesNothingAndRecovers) {
  Open();
  Submit(1);
  vfs_.SetSyncFails(true);
  EXPECT_THAT(outbox_->Submit(SubmissionNumber(2), Acknowledge::kWhenDurable, {}),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("disk failed")));
  EXPECT_EQ(Stats().usage.OpenRows(), 1);
  vfs_.SetSyncFails(false);
  Submit(3);
  outbox_->Shutdown(absl::ZeroDuration());
  vfs_.CutPowerAt(vfs_.operations() + 1);
  outbox_.reset();
  vfs_.Reboot(0);
  Open();
  EXPECT_EQ(State(1), SubmissionState::kQueued);
  EXPECT_EQ(State(3), SubmissionState::kQueued);
  EXPECT_THAT(outbox_->Get(SubmissionKind::kPrediction, Id(2), {}),
              StatusIs(absl::StatusCode::kNotFound, ::testing::_));
}

TEST_F(PowerCutTest, AnIdleOutboxNoticesThatItsDiskHasRecovered) {
  Open();
  Drain();
  vfs_.SetSyncFails(true);
  EXPECT_FALSE(outbox_->Submit(SubmissionNumber(1), Acknowledge::kWhenDurable, {}).ok());
  AdvanceAndDrain(absl::Minutes(1));
  EXPECT_FALSE(Stats().disk.ok());
  vfs_.SetSyncFails(false);
  AdvanceAndDrain(absl::Seconds(59));
  EXPECT_FALSE(Stats().disk.ok());
  AdvanceAndDrain(absl::Seconds(1));
  EXPECT_OK(Stats().disk);
}

TEST_F(PowerCutTest, NothingIsSentWhoseClaimCannotBeWrittenAndNoAnswerIsLost) {
  Open();
  Submit(1);
  vfs_.SetSyncFails(true);
  Drain();
  EXPECT_THAT(delivery_.posts(), ::testing::IsEmpty());
  EXPECT_THAT(logger_.text(), HasSubstr("ERROR the outbox cannot take what is due"));
  const std::string told = logger_.text();
  Drain();
  EXPECT_EQ(logger_.text(), told);  // once
  vfs_.SetSyncFails(false);
  delivery_.on_post = [&](const std::string&) { vfs_.SetSyncFails(true); };
  Drain();
  EXPECT_THAT(delivery_.posts(), ::testing::SizeIs(1));
  EXPECT_EQ(State(1), SubmissionState::kInflight);  // its answer could not be recorded
  EXPECT_THAT(logger_.text(), HasSubstr("cannot record what the backend answered"));
  vfs_.SetSyncFails(false);
  Drain();
  EXPECT_EQ(State(1), SubmissionState::kAcked);
  EXPECT_THAT(delivery_.posts(), ::testing::SizeIs(1));
  EXPECT_THAT(logger_.text(), HasSubstr("the outbox's disk works again"));
}

TEST_F(PowerCutTest, AThreadThatWasHeldUpIsNoClockSetBack) {
  Open();
  Submit(1);
  delivery_.Script({Reply::k400, Reply::kLose});
  delivery_.on_post = [&](const std::string&) { vfs_.SetSyncFails(true); };
  Drain();  // refused, which cannot be recorded
  delivery_.on_post = nullptr;
  vfs_.SetSyncFails(false);
  Submit(2);
  // While one thread records that, time passes and another one sends, with an open end.
  absl::Time end;
  logger_.on_line = [&](absl::string_view message) {
    if (!absl::StrContains(message, "is dead")) return;
    clock_.Advance(absl::Seconds(10));
    Drain();
    end = clock_.Now();
  };
  Drain();
  logger_.on_line = nullptr;
  EXPECT_EQ(State(1), SubmissionState::kDead);
  EXPECT_EQ(State(2), SubmissionState::kUnknown);
  ASSERT_EQ(end, clock_.Now());
  EXPECT_EQ(Get(2).next_attempt_at, end + options_.delivery.settle);
}

}  // namespace
}  // namespace aifx::outbox
