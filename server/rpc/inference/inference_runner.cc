#include "server/rpc/inference/inference_runner.h"

#include <chrono>
#include <utility>

namespace aifx::rpc {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

SteadyTime Now() { return std::chrono::steady_clock::now(); }

absl::Status CheckAlive(const base::CallContext& context, base::Clock& clock) {
  if (context.IsCancelled()) return absl::CancelledError("the caller has gone away");
  if (clock.Now() < context.deadline) return absl::OkStatus();
  return absl::DeadlineExceededError("the deadline passed while the request waited for the model");
}

absl::StatusOr<InferenceResult> Run(const InferenceJob& job, SteadyTime queued) {
  InferenceResult result;
  const SteadyTime begun = Now();
  result.queue = absl::FromChrono(begun - queued);
  result.executed_rows = job.batch;
  result.logits.resize(job.batch * job.model->manifest().classes.size());
  const absl::Status status =
      job.model->Run({job.windows, job.batch}, absl::MakeSpan(result.logits));
  result.infer = absl::FromChrono(Now() - begun);
  if (!status.ok()) return status;
  return result;
}

}  // namespace

void ExecutorRunner::Submit(InferenceJob job, Done done) {
  struct Queued {
    InferenceJob job;
    Done done;
    SteadyTime since = Now();
  };
  auto queued = std::make_shared<Queued>(Queued{std::move(job), std::move(done)});
  const absl::Status accepted = executor_.Submit([this, queued] {
    const absl::Status alive = CheckAlive(queued->job.context, clock_);
    queued->done(alive.ok() ? Run(queued->job, queued->since) : alive);
  });
  if (!accepted.ok()) queued->done(accepted);
}

}  // namespace aifx::rpc
