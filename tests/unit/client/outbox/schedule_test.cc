// Random failures, restarts and clock steps over a seeded schedule: every acknowledged submission
// ends up stored exactly once, or is counted as a duplicate.

#include <map>
#include <random>
#include <set>

#include "tests/support/unsynced_vfs.h"
#include "tests/unit/client/outbox/outbox_fixture.h"

namespace aifx::outbox {
namespace {

using records::Acknowledge;
using records::Outcome;
using records::SubmissionKind;
using records::SubmissionState;

constexpr int kSubmissions = 25;
constexpr int kSteps = 120;

class ScheduleTest : public OutboxTest {
 protected:
  ~ScheduleTest() override { outbox_.reset(); }

  int Random(int below) { return static_cast<int>(random_() % static_cast<uint64_t>(below)); }

  // How the backend answers while the schedule runs; well after it.
  Reply AnyReply() {
    static constexpr Reply kReplies[] = {Reply::kStore, Reply::kStore,       Reply::kStoreSilent,
                                         Reply::kLose,  Reply::kUnreachable, Reply::k401,
                                         Reply::k429,   Reply::k503};
    if (calm_) return Reply::kStore;
    return kReplies[Random(std::size(kReplies))];
  }

  void RunStep() {
    const int n = Random(kSubmissions);
    switch (Random(8)) {
      case 0:
      case 1:
      case 2:
        if (outbox_->Submit(SubmissionNumber(n), Acknowledge::kWhenDurable, {}).ok()) {
          accepted_.insert(n);
        }
        return;
      case 3: {
        const auto outcome = static_cast<Outcome>(Random(3));
        if (accepted_.contains(n) &&
            outbox_->SubmitOutcome({Id(n), outcome, 1, 1}, Acknowledge::kWhenDurable, {}).ok()) {
          outcomes_[n] = outcome;
        }
        return;
      }
      case 4:
        delivery_.ScriptLookups({absl::UnavailableError("down")});
        return;
      case 5:
        return Restart();
      case 6:  // an operator who cannot wait
        if (Random(4) == 0) {
          outbox_->Requeue(SubmissionKind::kPrediction, Id(n), {}).IgnoreError();
        }
        return;
      default:
        return AdvanceAndDrain(absl::Seconds(Random(90)));
    }
  }

  // Sometimes the machine goes down in the middle of a commit, sometimes the disk is full a while.
  void Restart() {
    const int how = Random(3);
    if (how == 0) vfs_.CutPowerAt(vfs_.operations() + 1 + Random(12));
    if (how == 1) vfs_.SetSyncFails(true);
    Drain();
    vfs_.SetSyncFails(false);
    outbox_.reset();
    if (vfs_.power_is_off()) vfs_.Reboot(random_());
    vfs_.CutPowerAt(0);
    Open();
  }

  void RunSchedule(uint64_t seed) {
    random_.seed(seed);
    options_.vfs = vfs_.name();
    delivery_.otherwise = [this] { return AnyReply(); };
    Open();
    for (int step = 0; step < kSteps; ++step) RunStep();
    calm_ = true;
    for (int i = 0; i < 40; ++i) AdvanceAndDrain(absl::Minutes(15));
  }

  void CheckEveryOne() {
    const auto stored = delivery_.stored();
    int64_t further = 0;
    for (const int n : accepted_) {
      SCOPED_TRACE(n);
      EXPECT_EQ(State(n), SubmissionState::kAcked);
      const auto rows = stored.find(Id(n));
      ASSERT_NE(rows, stored.end());
      further += static_cast<int64_t>(rows->second.size()) - 1;
    }
    const OutboxStats stats = Stats();
    EXPECT_LE(further, stats.possible_duplicates + stats.duplicates_found);
    // A duplicate that was found is one.
    EXPECT_LE(stats.duplicates_found, further);
    EXPECT_TRUE(stats.possible_duplicates > 0 || further == 0);
    // The last outcome of each prediction is what the backend heard last.
    std::map<std::string, Outcome> heard;
    for (const records::OutcomeUpdate& put : delivery_.puts())
      heard[put.prediction_id] = put.outcome;
    for (const auto& [n, outcome] : outcomes_) {
      SCOPED_TRACE(n);
      ASSERT_EQ(State(n, kOutcome), SubmissionState::kAcked);
      EXPECT_EQ(heard[Get(n, kOutcome).backend_prediction_id], outcome);
    }
    duplicates_ = further;
  }

  std::mt19937_64 random_;
  testing::UnsyncedVfs vfs_;
  bool calm_ = false;
  std::set<int> accepted_;
  std::map<int, Outcome> outcomes_;
  int64_t duplicates_ = 0;
};

class ScheduleRun final : public ScheduleTest {
 public:
  explicit ScheduleRun(const std::string& folder) { options_.folder = folder; }
  void Run(uint64_t seed) {
    RunSchedule(seed);
    CheckEveryOne();
  }
  size_t accepted() const { return accepted_.size(); }
  int64_t duplicates() const { return duplicates_; }

 private:
  void TestBody() override {}
};

TEST_F(ScheduleTest, EveryAcceptedSubmissionIsStoredOnceOrCounted) {
  size_t accepted = 0;
  int64_t duplicates = 0;
  for (uint64_t seed = 1; seed <= 60 && !HasFailure(); ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    ScheduleRun run(options_.folder);
    run.Run(seed);
    accepted += run.accepted();
    duplicates += run.duplicates();
  }
  EXPECT_GT(accepted, 800u);
  EXPECT_GT(duplicates, 0);  // the operator who cannot wait makes some, and they are counted
}

}  // namespace
}  // namespace aifx::outbox
