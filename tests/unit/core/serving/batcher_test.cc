// Every decision of the batcher, without threads: a batch is computed when the test says so.
#include "core/serving/batcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "core/base/violation.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/serving/recording_job.h"

namespace aifx::serving {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::StatusIs;

constexpr char kModelA = 'a', kModelB = 'b';  // only their addresses count

class BatcherTest : public ::testing::Test {
 protected:
  explicit BatcherTest(const Batcher::Options& options = {.threads = 0,
                                                          .max_rows = 4,
                                                          .queue_rows = 8,
                                                          .explain_rows = 2})
      : batcher_(options, clock_) {}

  absl::Status Submit(const std::string& name, Lane lane = Lane::kInteractive,
                      const void* model = &kModelA, const base::CallContext& context = {},
                      size_t rows = 1) {
    return batcher_.Submit(lane, {.model = model}, rows, context,
                           std::make_unique<RecordingJob>(name, log_));
  }
  static base::CallContext Until(absl::Time deadline) {
    base::CallContext context;
    context.deadline = deadline;
    return context;
  }
  void RunAll() {
    while (batcher_.RunOne()) {
    }
  }
  LaneStats Stats(Lane lane = Lane::kInteractive) const {
    return batcher_.Stats().lanes[static_cast<size_t>(lane)];
  }
  // From now on a row is expected to take `duration`.
  void Teach(absl::Duration duration, Lane lane = Lane::kInteractive) {
    log_.on_run = [this, duration] { clock_.Advance(duration); };
    ASSERT_OK(Submit("taught", lane));
    ASSERT_TRUE(batcher_.RunOne());
    log_.on_run = nullptr;
  }

  testing::FakeClock clock_;
  JobLog log_;
  Batcher batcher_;
};

TEST_F(BatcherTest, AThreadTakesWhatWaitsInOrderUpToTheLimit) {
  for (const char* name : {"1", "2", "3", "4", "5"}) ASSERT_OK(Submit(name));
  RunAll();
  EXPECT_THAT(log_.lines(), ElementsAre("1+2+3+4", "5"));
  EXPECT_FALSE(batcher_.RunOne());
}

TEST_F(BatcherTest, RowsCountNotJobs) {
  for (const char* name : {"1", "2", "3"}) {
    ASSERT_OK(Submit(name, Lane::kInteractive, &kModelA, {}, 2));
  }
  RunAll();
  EXPECT_THAT(log_.lines(), ElementsAre("1+2", "3"));
}

TEST_F(BatcherTest, AJobOfMoreRowsThanABatchRunsAlone) {
  ASSERT_OK(Submit("large", Lane::kInteractive, &kModelA, {}, 7));
  ASSERT_OK(Submit("next"));
  RunAll();
  EXPECT_THAT(log_.lines(), ElementsAre("large", "next"));
}

TEST_F(BatcherTest, ModelsTakeTurnsAndNeverShareABatch) {
  for (const char* name : {"a1", "a2", "a3", "a4", "a5", "a6"}) ASSERT_OK(Submit(name));
  ASSERT_OK(Submit("b1", Lane::kInteractive, &kModelB));
  RunAll();
  EXPECT_THAT(log_.lines(), ElementsAre("a1+a2+a3+a4", "b1", "a5+a6"));
}

TEST_F(BatcherTest, KindsOfJobsNeverShareABatch) {
  ASSERT_OK(Submit("plain"));
  ASSERT_OK(batcher_.Submit(Lane::kInteractive, {.kind = 1, .model = &kModelA}, 1, {},
                            std::make_unique<RecordingJob>("other", log_)));
  RunAll();
  EXPECT_THAT(log_.lines(), ElementsAre("plain", "other"));
}

TEST_F(BatcherTest, InteractiveGoesBeforeExplanationsAndThoseBeforeBatches) {
  ASSERT_OK(Submit("batch", Lane::kBatch));
  ASSERT_OK(Submit("explain", Lane::kExplain));
  ASSERT_OK(Submit("call"));
  RunAll();
  EXPECT_THAT(log_.lines(), ElementsAre("call", "explain", "batch"));
}

TEST_F(BatcherTest, OnlyOneThreadExplains) {
  ASSERT_OK(Submit("explain 1", Lane::kExplain, &kModelA));
  ASSERT_OK(Submit("explain 2", Lane::kExplain, &kModelB));
  ASSERT_OK(Submit("batch", Lane::kBatch));
  bool nested = false;
  log_.on_run = [&] {  // another thread comes while the first explanation is computed
    if (nested) return;
    nested = true;
    EXPECT_TRUE(batcher_.RunOne());
    EXPECT_FALSE(batcher_.RunOne());
  };
  RunAll();
  EXPECT_THAT(log_.lines(), ElementsAre("batch", "explain 1", "explain 2"));
}

class LoneJobsTest : public BatcherTest {
 protected:
  // As many jobs one by one as it takes.
  void SubmitOneByOne() {
    for (int i = 0; i < 8; ++i) {
      ASSERT_OK(Submit("one"));
      batcher_.RunOne();
    }
  }
  bool IsComputedAtOnce(Lane lane = Lane::kInteractive, Computes computes = Computes::kMaybe) {
    const size_t before = log_.lines().size();
    EXPECT_OK(batcher_.Submit(lane, {.model = &kModelA}, 1, {},
                              std::make_unique<RecordingJob>("probe", log_), computes));
    const bool at_once = log_.lines().size() > before;
    RunAll();
    return at_once;
  }

  LoneJobsTest() : BatcherTest({.threads = 0, .max_rows = 4, .computes_lone_jobs = true}) {}
};

TEST_F(LoneJobsTest, AreComputedBySubmitWhereTheNewestCameOneByOne) {
  EXPECT_FALSE(IsComputedAtOnce());
  SubmitOneByOne();
  EXPECT_TRUE(IsComputedAtOnce());
  EXPECT_TRUE(IsComputedAtOnce());
  EXPECT_FALSE(IsComputedAtOnce(Lane::kBatch));
  EXPECT_FALSE(IsComputedAtOnce(Lane::kInteractive, Computes::kNever));
  EXPECT_EQ(Stats().jobs, Stats().batches);
}

TEST_F(LoneJobsTest, WaitForAThreadOnceOthersCome) {
  SubmitOneByOne();
  log_.on_run = [&] {  // another thread submits meanwhile
    log_.on_run = nullptr;
    EXPECT_EQ(batcher_.Stats().busy_threads, 0u);
    EXPECT_FALSE(IsComputedAtOnce());
  };
  EXPECT_TRUE(IsComputedAtOnce());
  EXPECT_FALSE(IsComputedAtOnce());
  SubmitOneByOne();
  EXPECT_TRUE(IsComputedAtOnce());
}

// A job in two pieces.
class TwoPieces final : public BatchJob {
 public:
  TwoPieces(Batcher& batcher, JobLog& log) : batcher_(batcher), log_(log) {}
  void Run(absl::Span<const std::unique_ptr<BatchJob>>) override {
    log_.Add("first piece");
    if (log_.on_run) log_.on_run();
    batcher_.Continue(Lane::kExplain, {.kind = 7}, 1, {},
                      std::make_unique<RecordingJob>("second piece", log_));
  }
  void Refuse(const absl::Status&) override {}

 private:
  Batcher& batcher_;
  JobLog& log_;
};

TEST_F(BatcherTest, InteractiveWorkGetsInBetweenThePiecesOfAnExplanation) {
  ASSERT_OK(batcher_.Submit(Lane::kExplain, {.kind = 7}, 1, {},
                            std::make_unique<TwoPieces>(batcher_, log_)));
  ASSERT_OK(Submit("next explanation", Lane::kExplain));
  log_.on_run = [this] {
    log_.on_run = nullptr;
    ASSERT_OK(Submit("call"));
    ASSERT_OK(Submit("batch", Lane::kBatch));
    // The lane is full again: what was let in stays.
    ASSERT_OK(Submit("last explanation", Lane::kExplain));
  };
  RunAll();
  EXPECT_THAT(log_.lines(), ElementsAre("first piece", "call", "second piece", "next explanation",
                                        "last explanation", "batch"));
}

TEST_F(BatcherTest, WhatWasBegunIsFinishedAtTheEnd) {
  ASSERT_OK(batcher_.Submit(Lane::kExplain, {.kind = 7}, 1, {},
                            std::make_unique<TwoPieces>(batcher_, log_)));
  batcher_.Shutdown();
  EXPECT_THAT(log_.lines(), ElementsAre("first piece", "second piece"));
  const absl::Status refused = Submit("late");
  EXPECT_EQ(base::ReasonOf(refused), "SHUTTING_DOWN");
  EXPECT_GT(base::RetryAfterSecondsOf(refused), 0);
}

TEST_F(BatcherTest, AJobLargerThanTheLaneIsLetInWhereNothingWaits) {
  ASSERT_OK(Submit("large", Lane::kInteractive, &kModelA, {}, 9));
  EXPECT_EQ(base::ReasonOf(Submit("small")), "QUEUE_FULL");
  RunAll();
  ASSERT_OK(Submit("small"));
  EXPECT_EQ(base::ReasonOf(Submit("large", Lane::kInteractive, &kModelA, {}, 9)), "QUEUE_FULL");
}

TEST_F(BatcherTest, EachLaneIsFullOnItsOwn) {
  for (int i = 0; i < 8; ++i) ASSERT_OK(Submit("x"));
  const absl::Status refused = Submit("x");
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kResourceExhausted,
                                HasSubstr("the interactive queue is full (8 of 8 waiting)")));
  EXPECT_EQ(base::ReasonOf(refused), "QUEUE_FULL");
  EXPECT_GT(base::RetryAfterSecondsOf(refused), 0);
  EXPECT_OK(Submit("x", Lane::kBatch));
  EXPECT_OK(Submit("x", Lane::kExplain, &kModelA, {}, 2));
  EXPECT_THAT(Submit("x", Lane::kExplain), StatusIs(absl::StatusCode::kResourceExhausted,
                                                    HasSubstr("explanation queue is full")));
  EXPECT_EQ(Stats().queue_full, 1);
  EXPECT_EQ(Stats(Lane::kExplain).queue_full, 1);
}

TEST_F(BatcherTest, WhatCannotBeDoneInTimeIsRefusedAtOnceToTheTick) {
  Teach(absl::Milliseconds(10));
  for (int i = 0; i < 3; ++i) ASSERT_OK(Submit("x"));
  const absl::Time done = clock_.Now() + absl::Milliseconds(30);
  const absl::Status refused =
      Submit("x", Lane::kInteractive, &kModelA, Until(done - absl::Nanoseconds(1)));
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("about 30ms")));
  EXPECT_EQ(base::ReasonOf(refused), "QUEUE_TOO_LONG");
  EXPECT_DOUBLE_EQ(base::RetryAfterSecondsOf(refused), 0.05);
  EXPECT_OK(Submit("x", Lane::kInteractive, &kModelA, Until(done)));
  EXPECT_EQ(Stats().too_late, 1);
}

TEST_F(BatcherTest, BatchesWaitForInteractiveWorkToo) {
  Teach(absl::Milliseconds(10));
  Teach(absl::Milliseconds(20), Lane::kBatch);
  ASSERT_OK(Submit("x"));
  ASSERT_OK(Submit("x", Lane::kBatch));
  const auto submit = [&](Lane lane, int milliseconds) {
    return Submit("x", lane, &kModelA, Until(clock_.Now() + absl::Milliseconds(milliseconds)));
  };
  EXPECT_FALSE(submit(Lane::kBatch, 29).ok());
  EXPECT_OK(submit(Lane::kBatch, 30));
  EXPECT_OK(submit(Lane::kInteractive, 10));
}

TEST_F(BatcherTest, AnEstimateThatIsWrongCorrectsItself) {
  Teach(absl::Hours(1));  // the clock jumped
  const auto soon = [&] { return Until(clock_.Now() + absl::Milliseconds(100)); };
  for (int i = 0; i < 50; ++i) {
    EXPECT_OK(Submit("x", Lane::kInteractive, &kModelA, soon())) << i;
    RunAll();
  }
  ASSERT_OK(Submit("x"));
  EXPECT_OK(Submit("x", Lane::kInteractive, &kModelA, soon()));
}

TEST_F(BatcherTest, ABatchIsNotLargerThanItsDeadlinesAllow) {
  Teach(absl::Milliseconds(10));
  ASSERT_OK(Submit("1"));
  ASSERT_OK(
      Submit("2", Lane::kInteractive, &kModelA, Until(clock_.Now() + absl::Milliseconds(25))));
  ASSERT_OK(Submit("3"));
  RunAll();
  EXPECT_THAT(log_.lines(), ElementsAre("taught", "1+2", "3"));
}

TEST_F(BatcherTest, FreeThreadsShareWhatWaits) {
  BatchLane lane;
  for (const char* name : {"1", "2", "3", "4", "5"}) {
    lane.Push({.model = &kModelA}, {.job = std::make_unique<RecordingJob>(name, log_)});
  }
  const BatchBounds two_free = {.max_rows = 16, .free_threads = 2};
  EXPECT_EQ(lane.Take(clock_.Now(), two_free).rows, 3u);
  EXPECT_EQ(lane.Take(clock_.Now(), {.max_rows = 16, .free_threads = 1}).rows, 2u);
  EXPECT_TRUE(lane.empty());
}

TEST_F(BatcherTest, ExpiredAndCancelledWorkIsDroppedBeforeItIsComputed) {
  base::CallContext gone;
  ASSERT_OK(Submit("gone", Lane::kInteractive, &kModelA, gone));
  ASSERT_OK(
      Submit("late", Lane::kInteractive, &kModelA, Until(clock_.Now() + absl::Milliseconds(1))));
  ASSERT_OK(Submit("alive"));
  gone.Cancel();
  clock_.Advance(absl::Milliseconds(1));
  RunAll();
  EXPECT_THAT(log_.lines(), ElementsAre("gone:CANCELLED", "late:DEADLINE_EXCEEDED", "alive"));
  EXPECT_EQ(Stats().cancelled, 1);
  EXPECT_EQ(Stats().expired, 1);
  EXPECT_EQ(Stats().waiting_rows, 0u);
}

TEST_F(BatcherTest, WorkThatNobodyWaitsForIsNotQueued) {
  base::CallContext gone;
  gone.Cancel();
  EXPECT_THAT(Submit("x", Lane::kInteractive, &kModelA, gone),
              StatusIs(absl::StatusCode::kCancelled, HasSubstr("gone away")));
  EXPECT_THAT(Submit("x", Lane::kInteractive, &kModelA, Until(clock_.Now())),
              StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("deadline passed")));
  EXPECT_FALSE(batcher_.RunOne());
}

TEST_F(BatcherTest, AnExceptionRefusesItsBatchOnly) {
  log_.on_run = [] { throw std::runtime_error("broke"); };
  ASSERT_OK(Submit("1"));
  ASSERT_OK(Submit("2"));
  RunAll();
  log_.on_run = nullptr;
  ASSERT_OK(Submit("3"));
  RunAll();
  EXPECT_THAT(log_.lines(), ElementsAre("1:INTERNAL", "2:INTERNAL", "3"));
}

TEST_F(BatcherTest, ShutdownComputesWhatWaitsAndRefusesMore) {
  ASSERT_OK(Submit("1"));
  ASSERT_OK(Submit("2", Lane::kBatch));
  batcher_.Shutdown();
  EXPECT_THAT(log_.lines(), ElementsAre("1", "2"));
  const absl::Status refused = Submit("3");
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kUnavailable, HasSubstr("shutting down")));
  EXPECT_EQ(base::ReasonOf(refused), "SHUTTING_DOWN");
}

TEST_F(BatcherTest, StatsTellSizesWaitsAndTimes) {
  for (const char* name : {"1", "2", "3"}) ASSERT_OK(Submit(name));
  EXPECT_EQ(Stats().waiting_jobs, 3u);
  clock_.Advance(absl::Milliseconds(2));
  log_.on_run = [this] { clock_.Advance(absl::Milliseconds(6)); };
  RunAll();
  const LaneStats stats = Stats();
  EXPECT_EQ(stats.jobs, 3);
  EXPECT_EQ(stats.rows, 3);
  EXPECT_EQ(stats.batches, 1);
  EXPECT_EQ(stats.batch_rows[2], 1) << "3 rows are above 2 and at most 4";
  EXPECT_EQ(stats.waits[5], 3) << "2 ms are above 1 ms and at most 2.5 ms";
  EXPECT_EQ(stats.waited, absl::Milliseconds(6));
  EXPECT_EQ(stats.computing, absl::Milliseconds(6));
  EXPECT_EQ(stats.row_time, absl::Milliseconds(2));
  EXPECT_EQ(stats.waiting_rows, 0u);
}

}  // namespace
}  // namespace aifx::serving
