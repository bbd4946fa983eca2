#include "server/rpc/inference/batcher_runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "core/base/violation.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_model.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/server/rpc/inference/infer_message.h"

namespace aifx::rpc {
namespace {

using ::testing::HasSubstr;

// A FakeModel that fails, as the real runtimes do, where a window holds a value like 3e38.
class StrictModel final : public model::Model {
 public:
  const model::Manifest& manifest() const override { return model_.manifest(); }
  const std::string& kernel() const override { return model_.kernel(); }
  absl::Status Run(const model::WindowBatch& windows, absl::Span<float> logits) const override {
    for (const float value : windows.values) {
      if (value > 1e30f) return absl::InternalError("a logit is nan, not finite");
    }
    return model_.Run(windows, logits);
  }

 private:
  const testing::FakeModel model_{testing::FakeManifest()};
};

// The batcher has no threads: a batch is computed when the test says so.
class BatcherRunnerTest : public ::testing::Test {
 protected:
  using Result = std::optional<absl::StatusOr<InferenceResult>>;

  InferenceJob Job(size_t batch) const {
    InferenceJob job{.model = model_, .windows = SomeWindows(model_->manifest(), batch)};
    for (float& value : job.windows) value += static_cast<float>(batch);  // none like another
    job.batch = batch;
    return job;
  }
  void Submit(InferenceJob job, Result& result) {
    runner_.Submit(std::move(job),
                   [&result](absl::StatusOr<InferenceResult> end) { result = std::move(end); });
  }
  std::vector<float> Alone(size_t batch) const {
    std::vector<float> logits(batch * 3);
    EXPECT_OK(model_->Run({Job(batch).windows, batch}, absl::MakeSpan(logits)));
    return logits;
  }

  const std::shared_ptr<const model::Model> model_ = std::make_shared<StrictModel>();
  testing::FakeClock clock_;
  serving::Batcher batcher_{{.threads = 0, .max_rows = 16, .queue_rows = 32}, clock_};
  BatcherRunner runner_{batcher_};
};

TEST_F(BatcherRunnerTest, RunsWhatWaitsTogetherAndAnswersEachItsOwn) {
  Result two, three;
  Submit(Job(2), two);
  Submit(Job(3), three);
  EXPECT_TRUE(batcher_.RunOne());
  EXPECT_FALSE(batcher_.RunOne());
  ASSERT_TRUE(two.has_value() && three.has_value());
  ASSERT_OK(*two);
  ASSERT_OK(*three);
  EXPECT_EQ((*two)->logits, Alone(2));
  EXPECT_EQ((*three)->logits, Alone(3));
  EXPECT_EQ((*two)->executed_rows, 5u);
  EXPECT_TRUE((*two)->counts_execution);
  EXPECT_FALSE((*three)->counts_execution);
}

TEST_F(BatcherRunnerTest, OneCallersWindowFailsNobodyElse) {
  Result two, bad, three;
  InferenceJob huge = Job(1);
  huge.windows[0] = 3e38f;
  Submit(Job(2), two);
  Submit(std::move(huge), bad);
  Submit(Job(3), three);
  EXPECT_TRUE(batcher_.RunOne());
  EXPECT_FALSE(batcher_.RunOne());
  ASSERT_TRUE(two.has_value() && bad.has_value() && three.has_value());
  EXPECT_THAT(*bad, testing::StatusIs(absl::StatusCode::kInternal, HasSubstr("nan")));
  ASSERT_OK(*two);
  ASSERT_OK(*three);
  EXPECT_EQ((*two)->logits, Alone(2));
  EXPECT_EQ((*three)->logits, Alone(3));
  EXPECT_EQ((*three)->executed_rows, 3u);
  EXPECT_TRUE((*three)->counts_execution);
}

TEST_F(BatcherRunnerTest, LargeRequestsLetSmallOnesPass) {
  Result large, small;
  Submit(Job(20), large);
  Submit(Job(1), small);
  EXPECT_TRUE(batcher_.RunOne());
  EXPECT_TRUE(small.has_value());
  EXPECT_FALSE(large.has_value());
  EXPECT_TRUE(batcher_.RunOne());
  ASSERT_TRUE(large.has_value());
  ASSERT_OK(*large);
  EXPECT_EQ((*large)->executed_rows, 20u);
}

TEST_F(BatcherRunnerTest, RefusesAtOnceWhenTheQueueIsFull) {
  Result first, second;
  Submit(Job(30), first);
  Submit(Job(30), second);
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(second->status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_GT(base::RetryAfterSecondsOf(second->status()), 0);
  EXPECT_TRUE(batcher_.RunOne());
  EXPECT_OK(*first);
}

TEST_F(BatcherRunnerTest, RefusesWhatWaitedTooLong) {
  Result late;
  InferenceJob job = Job(1);
  job.context.deadline = clock_.Now() + absl::Seconds(1);
  Submit(std::move(job), late);
  clock_.Advance(absl::Seconds(2));
  while (batcher_.RunOne()) {
  }
  ASSERT_TRUE(late.has_value());
  EXPECT_EQ(late->status().code(), absl::StatusCode::kDeadlineExceeded);
}

}  // namespace
}  // namespace aifx::rpc
