#include "server/rpc/inference/batcher_runner.h"

#include <chrono>
#include <exception>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace aifx::rpc {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

constexpr size_t kInteractiveRows = 16;

SteadyTime Now() { return std::chrono::steady_clock::now(); }

}  // namespace

// The answer is shared: where the queue refuses a job, the job is gone, and Submit answers.
class BatcherRunner::Job final : public serving::BatchJob {
 public:
  Job(InferenceJob job, std::shared_ptr<const Done> done)
      : job_(std::move(job)), done_(std::move(done)) {}

  void Run(absl::Span<const std::unique_ptr<BatchJob>> jobs) override {
    try {
      RunTogether(jobs);
    } catch (const std::exception& error) {
      const absl::Status status =
          absl::InternalError(absl::StrCat("uncaught exception: ", error.what()));
      for (const auto& each : jobs) each->Refuse(status);
    }
  }

  void Refuse(const absl::Status& status) override { Answer(status); }

 private:
  static Job& Of(const std::unique_ptr<BatchJob>& job) { return static_cast<Job&>(*job); }

  void Answer(absl::StatusOr<InferenceResult> result) {
    if (!std::exchange(answered_, true)) (*done_)(std::move(result));
  }

  // One run for all. Where that fails nobody knows whose window it was, so each job runs alone: its
  // answer has the same bits.
  void RunTogether(absl::Span<const std::unique_ptr<BatchJob>> jobs) {
    const SteadyTime begun = Now();
    size_t rows = 0;
    for (const auto& each : jobs) rows += Of(each).job_.batch;
    std::vector<float> together;
    if (jobs.size() > 1) {
      together.reserve(rows * (job_.windows.size() / job_.batch));
      for (const auto& each : jobs) {
        const std::vector<float>& windows = Of(each).job_.windows;
        together.insert(together.end(), windows.begin(), windows.end());
      }
    }
    std::vector<float> logits(rows * Classes());
    const absl::Status status =
        job_.model->Run({jobs.size() > 1 ? together : job_.windows, rows}, absl::MakeSpan(logits));
    if (!status.ok() && jobs.size() > 1) {
      for (const auto& each : jobs) Of(each).RunTogether(absl::MakeConstSpan(&each, 1));
      return;
    }
    if (!status.ok()) return Answer(status);
    AnswerAll(jobs, begun, logits);
  }

  // `logits` are those of all jobs, one after the other.
  void AnswerAll(absl::Span<const std::unique_ptr<BatchJob>> jobs, SteadyTime begun,
                 const std::vector<float>& logits) {
    const absl::Duration infer = absl::FromChrono(Now() - begun);
    auto from = logits.begin();
    for (const auto& each : jobs) {
      Job& job = Of(each);
      const auto to = from + static_cast<std::ptrdiff_t>(job.job_.batch * Classes());
      job.Answer(InferenceResult{.logits = {from, to},
                                 .queue = absl::FromChrono(begun - job.queued_),
                                 .infer = infer,
                                 .executed_rows = logits.size() / Classes(),
                                 .counts_execution = from == logits.begin()});
      from = to;
    }
  }

  size_t Classes() const { return job_.model->manifest().classes.size(); }

  const InferenceJob job_;
  const std::shared_ptr<const Done> done_;
  const SteadyTime queued_ = Now();
  bool answered_ = false;
};

void BatcherRunner::Submit(InferenceJob job, Done done) {
  const auto shared = std::make_shared<const Done>(std::move(done));
  const serving::Lane lane =
      job.batch <= kInteractiveRows ? serving::Lane::kInteractive : serving::Lane::kBatch;
  const serving::BatchKey key{.kind = serving::kTensorJobs, .model = job.model.get()};
  const size_t rows = job.batch;
  const base::CallContext context = job.context;
  const serving::Computes computes = job.computes;
  const absl::Status accepted = batcher_.Submit(
      lane, key, rows, context, std::make_unique<Job>(std::move(job), shared), computes);
  if (!accepted.ok()) (*shared)(accepted);
}

}  // namespace aifx::rpc
