#include "server/rpc/inference/model_inference.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/rpc/inference/infer_answer.h"
#include "server/rpc/inference/infer_request.h"
#include "server/rpc/inference/model_lookup.h"

namespace aifx::rpc {
namespace {

constexpr char kFinalResponse[] = "triton_final_response";

using SteadyTime = std::chrono::steady_clock::time_point;

SteadyTime Now() { return std::chrono::steady_clock::now(); }
absl::Duration Since(SteadyTime start) { return absl::FromChrono(Now() - start); }

}  // namespace

struct ModelInference::Work {
  std::shared_ptr<const model::Model> model;
  InferArguments arguments;
  ::inference::ModelInferResponse& response;
  Done done;
  SteadyTime started;
  InferenceTimes times;
};

void ModelInference::Infer(const ::inference::ModelInferRequest& request,
                           const base::CallContext& context,
                           ::inference::ModelInferResponse& response, Done done,
                           serving::Computes computes) const {
  const SteadyTime started = Now();
  const absl::Time arrived = clock_.Now();
  auto model = FindModel(registry_, request.model_name(), request.model_version());
  if (!model.ok()) return done(model.status());
  const model::Manifest& manifest = (*model)->manifest();
  auto arguments = InferFromProto(request, manifest);
  if (!arguments.ok()) {
    statistics_.Failed(manifest.name, manifest.version, Since(started), clock_.Now());
    return done(arguments.status());
  }
  InferenceJob job{.model = *model,
                   .windows = std::move(arguments->windows),
                   .batch = arguments->batch,
                   .context = context,
                   .computes = computes};
  job.context.deadline = std::min(context.deadline, arrived + arguments->timeout);
  auto work = std::make_shared<Work>(
      Work{*std::move(model), *std::move(arguments), response, std::move(done), started, {}});
  work->times.input = Since(started);
  runner_.Submit(std::move(job), [this, work](absl::StatusOr<InferenceResult> result) {
    try {
      Answer(*work, std::move(result));
    } catch (const std::exception& error) {
      work->done(absl::InternalError(absl::StrCat("uncaught exception: ", error.what())));
    }
  });
}

void ModelInference::Answer(Work& work, absl::StatusOr<InferenceResult> result) const {
  const model::Manifest& manifest = work.model->manifest();
  if (!result.ok()) {
    statistics_.Failed(manifest.name, manifest.version, Since(work.started), clock_.Now());
    return work.done(result.status());
  }
  const SteadyTime computed = Now();
  AnswerToProto(work.arguments, manifest, result->logits, work.response);
  if (work.arguments.mark_final) {
    (*work.response.mutable_parameters())[kFinalResponse].set_bool_param(true);
  }
  work.times.queue = result->queue;
  work.times.infer = result->infer;
  work.times.output = Since(computed);
  work.times.total = Since(work.started);
  statistics_.Succeeded(manifest.name, manifest.version, work.arguments.batch,
                        result->executed_rows, result->counts_execution, work.times, clock_.Now());
  work.done(absl::OkStatus());
}

}  // namespace aifx::rpc
