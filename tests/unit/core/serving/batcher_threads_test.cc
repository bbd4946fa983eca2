// The batcher with its threads.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "core/serving/batcher.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/serving/recording_job.h"

namespace aifx::serving {
namespace {

using ::testing::ElementsAre;

constexpr char kModel = 'm';

TEST(BatcherThreadsTest, AFreeThreadDoesNotWaitForMoreRows) {
  testing::FakeClock clock;
  JobLog log;
  std::promise<void> ran;
  log.on_run = [&] { ran.set_value(); };
  Batcher batcher({.threads = 1, .max_rows = 16}, clock);
  ASSERT_OK(batcher.Submit(Lane::kInteractive, {.model = &kModel}, 1, {},
                           std::make_unique<RecordingJob>("alone", log)));
  ran.get_future().wait();  // though the clock stands still and nothing else comes
  batcher.Shutdown();
  EXPECT_THAT(log.lines(), ElementsAre("alone"));
}

TEST(BatcherThreadsTest, WhatComesWhileAThreadIsBusySharesTheNextBatch) {
  testing::FakeClock clock;
  JobLog log;
  std::promise<void> entered, release;
  bool first = true;
  log.on_run = [&] {
    if (!std::exchange(first, false)) return;
    entered.set_value();
    release.get_future().wait();
  };
  Batcher batcher({.threads = 1, .max_rows = 16}, clock);
  const auto submit = [&](const char* name) {
    return batcher.Submit(Lane::kInteractive, {.model = &kModel}, 1, {},
                          std::make_unique<RecordingJob>(name, log));
  };
  ASSERT_OK(submit("1"));
  entered.get_future().wait();
  for (const char* name : {"2", "3", "4"}) ASSERT_OK(submit(name));
  EXPECT_EQ(batcher.Stats().busy_threads, 1u);
  release.set_value();
  batcher.Shutdown();
  EXPECT_THAT(log.lines(), ElementsAre("1", "2+3+4"));
}

TEST(BatcherThreadsTest, EveryJobIsAnsweredOnceUnderLoad) {
  class CountingJob final : public BatchJob {
   public:
    explicit CountingJob(std::atomic<int>& answered) : answered_(answered) {}
    void Run(absl::Span<const std::unique_ptr<BatchJob>> jobs) override {
      answered_ += static_cast<int>(jobs.size());
    }
    void Refuse(const absl::Status&) override { ++answered_; }

   private:
    std::atomic<int>& answered_;
  };
  constexpr int kCallers = 4, kJobs = 2000;
  testing::FakeClock clock;
  std::atomic<int> answered = 0;
  std::atomic<int> accepted = 0;
  char models[3] = {};
  Batcher batcher({.threads = 3,
                   .max_rows = 5,
                   .queue_rows = 64,
                   .explain_rows = 8,
                   .computes_lone_jobs = true},
                  clock);
  for (int i = 0; i < 50; ++i) {  // the first caller is alone
    ASSERT_OK(batcher.Submit(Lane::kInteractive, {.model = &models[0]}, 1, {},
                             std::make_unique<CountingJob>(answered), Computes::kMaybe));
    ++accepted;
    while (answered < accepted) std::this_thread::yield();
  }
  std::vector<std::thread> callers;
  for (int c = 0; c < kCallers; ++c) {
    callers.emplace_back([&, c] {
      for (int i = 0; i < kJobs; ++i) {
        base::CallContext context;
        const absl::Status queued =
            batcher.Submit(static_cast<Lane>((i + c) % 3), {.model = &models[i % 3]}, 1, context,
                           std::make_unique<CountingJob>(answered), Computes::kMaybe);
        if (queued.ok()) ++accepted;
        if (i % 7 == 0) context.Cancel();
        if (i % 100 == 0) (void)batcher.Stats();
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  batcher.Shutdown();
  EXPECT_EQ(answered, accepted);
  EXPECT_GT(accepted, 0);
  EXPECT_EQ(batcher.Stats().busy_threads, 0u);
}

}  // namespace
}  // namespace aifx::serving
