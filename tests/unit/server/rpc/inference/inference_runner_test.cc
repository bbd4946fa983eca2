#include "server/rpc/inference/inference_runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "core/base/violation.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_model.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/server/rpc/inference/infer_message.h"

namespace aifx::rpc {
namespace {

using ::testing::HasSubstr;

class ExecutorRunnerTest : public ::testing::Test {
 protected:
  InferenceJob Job() const {
    return {.model = model_, .windows = SomeWindows(model_->manifest(), 2), .batch = 2};
  }
  // The end of a job, waited for.
  std::future<absl::StatusOr<InferenceResult>> Submit(InferenceJob job) {
    auto end = std::make_shared<std::promise<absl::StatusOr<InferenceResult>>>();
    auto future = end->get_future();
    runner_.Submit(std::move(job),
                   [end](absl::StatusOr<InferenceResult> result) { end->set_value(result); });
    return future;
  }
  // Keeps the executor's one thread busy until release_.
  void Block() {
    ASSERT_OK(executor_.Submit([this] {
      running_.set_value();
      release_.get_future().wait();
    }));
    running_.get_future().wait();
  }

  const std::shared_ptr<const model::Model> model_ =
      std::make_shared<testing::FakeModel>(testing::FakeManifest());
  testing::FakeClock clock_;
  std::promise<void> running_, release_;
  serving::Executor executor_{{.name = "inference", .threads = 1, .queue_limit = 1}};
  ExecutorRunner runner_{executor_, clock_};
};

TEST_F(ExecutorRunnerTest, RunsTheModelOnce) {
  const auto result = Submit(Job()).get();
  ASSERT_OK(result);
  std::vector<float> logits(6);
  ASSERT_OK(model_->Run({Job().windows, 2}, absl::MakeSpan(logits)));
  EXPECT_EQ(result->logits, logits);
  EXPECT_EQ(result->executed_rows, 2u);
  EXPECT_TRUE(result->counts_execution);
  EXPECT_GE(result->queue, absl::ZeroDuration());
  EXPECT_GE(result->infer, absl::ZeroDuration());
}

TEST_F(ExecutorRunnerTest, PassesTheModelsErrorOn) {
  model::Manifest broken = testing::FakeManifest();
  class FailingModel final : public model::Model {
   public:
    explicit FailingModel(model::Manifest manifest) : manifest_(std::move(manifest)) {}
    const model::Manifest& manifest() const override { return manifest_; }
    const std::string& kernel() const override { return manifest_.runtime; }
    absl::Status Run(const model::WindowBatch&, absl::Span<float>) const override {
      return absl::InternalError("logit of window 0 is nan");
    }

   private:
    const model::Manifest manifest_;
  };
  InferenceJob job = Job();
  job.model = std::make_shared<FailingModel>(broken);
  EXPECT_THAT(Submit(std::move(job)).get(),
              testing::StatusIs(absl::StatusCode::kInternal, HasSubstr("nan")));
}

TEST_F(ExecutorRunnerTest, RefusesWhatWaitedTooLong) {
  Block();
  InferenceJob job = Job();
  job.context.deadline = clock_.Now() + absl::Seconds(1);
  auto late = Submit(std::move(job));
  clock_.Advance(absl::Seconds(1));
  release_.set_value();
  EXPECT_THAT(late.get(), testing::StatusIs(absl::StatusCode::kDeadlineExceeded,
                                            HasSubstr("waited for the model")));
}

TEST_F(ExecutorRunnerTest, LeavesOutWhoseCallerHasGone) {
  Block();
  InferenceJob job = Job();
  job.context.Cancel();
  auto gone = Submit(std::move(job));
  release_.set_value();
  EXPECT_THAT(gone.get(), testing::StatusIs(absl::StatusCode::kCancelled, HasSubstr("gone away")));
}

TEST_F(ExecutorRunnerTest, RefusesAtOnceWhenTheQueueIsFull) {
  Block();
  auto queued = Submit(Job());
  const auto refused = Submit(Job()).get();
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_GT(base::RetryAfterSecondsOf(refused.status()), 0);
  release_.set_value();
  EXPECT_OK(queued.get());
}

}  // namespace
}  // namespace aifx::rpc
