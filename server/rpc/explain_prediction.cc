#include "server/rpc/explain_prediction.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/base/violation.h"
#include "server/rpc/from_proto.h"
#include "server/rpc/times.h"
#include "server/rpc/to_proto.h"

namespace aifx::rpc {
namespace {

constexpr int kDefaultSteps = 64;
constexpr int kMinSteps = 8;
constexpr int kMaxSteps = 512;

// Each is computed alone, so that their models do not matter.
constexpr serving::BatchKey kExplanations = {.kind = serving::kExplanationJobs, .model = nullptr};

// The violations of a PredictRequest, as the caller wrote them: it stands in the field `request`.
absl::Status WithRequestPaths(const absl::Status& status) {
  std::vector<base::FieldViolation> violations = base::ViolationsOf(status);
  if (violations.empty()) return status;
  for (base::FieldViolation& violation : violations) {
    if (absl::StartsWith(violation.description, violation.field)) {
      violation.description = absl::StrCat("request.", violation.description);
    }
    violation.field = absl::StrCat("request.", violation.field);
  }
  return base::InvalidArgument(violations);
}

}  // namespace

struct ExplainPrediction::Work {
  CallPtr call;
  int steps = kDefaultSteps;
  std::optional<pipeline::PreparedRequest> prepared;
  std::unique_ptr<pipeline::ExplanationRun> run;  // once it has candles
  std::vector<base::Warning> warnings;
  ml::v1::ExplainPredictionResponse* response = nullptr;  // the call's; alive until Finish
};

// A piece of an explanation in the batcher's queue.
class ExplainPrediction::Job final : public serving::BatchJob {
 public:
  Job(const ExplainPrediction& owner, std::shared_ptr<Work> work)
      : owner_(owner), work_(std::move(work)) {}

  void Run(absl::Span<const std::unique_ptr<BatchJob>> jobs) override {
    for (const auto& job : jobs) {
      const std::shared_ptr<Work> work = std::exchange(static_cast<Job&>(*job).work_, nullptr);
      work->call->Protect([&] { owner_.Advance(work); });
    }
  }

  void Refuse(const absl::Status& status) override {
    const std::shared_ptr<Work> work = std::exchange(work_, nullptr);
    if (work != nullptr) work->call->Finish(status);
  }

 private:
  const ExplainPrediction& owner_;
  std::shared_ptr<Work> work_;  // null once it has run
};

grpc::ServerUnaryReactor* ExplainPrediction::Start(
    grpc::CallbackServerContext* context, const ml::v1::ExplainPredictionRequest* request,
    ml::v1::ExplainPredictionResponse* response) const {
  const auto handler = [&](const CallPtr& call) {
    auto work = std::make_shared<Work>();
    work->call = call;
    work->response = response;
    if (absl::Status status = Prepare(*request, *work); !status.ok()) return call->Finish(status);
    if (!work->prepared->NeedsFetch()) return Queue(work);
    deps_.guard.Offload(deps_.blocking, call, [this, work] { Fetch(work); });
  };
  return deps_.guard.Start(context, "PredictionService.ExplainPrediction", request->ByteSizeLong(),
                           handler);
}

absl::Status ExplainPrediction::Prepare(const ml::v1::ExplainPredictionRequest& request,
                                        Work& work) const {
  std::vector<base::FieldViolation> violations;
  if (request.has_steps()) work.steps = request.steps();
  if (work.steps < kMinSteps || work.steps > kMaxSteps) {
    violations.push_back(
        {"steps", absl::StrCat("steps ", work.steps, " is not in ", kMinSteps, "..", kMaxSteps)});
  }
  if (request.request().submit()) {
    violations.push_back(
        {"request.submit", "request.submit is true: explanations are not submitted"});
  }
  auto arguments = PredictFromProto(request.request(), deps_.guard.clock().Now());
  if (!arguments.ok()) {
    for (auto& violation : base::ViolationsOf(WithRequestPaths(arguments.status()))) {
      violations.push_back(std::move(violation));
    }
  }
  if (!violations.empty()) return base::InvalidArgument(violations);
  AIFX_RETURN_IF_ERROR(arguments.status());
  if (arguments->request.model.name.empty()) arguments->request.model.name = deps_.default_model;
  work.warnings = std::move(arguments->warnings);
  auto prepared = deps_.engine.Prepare(std::move(arguments->request));
  if (!prepared.ok()) return WithRequestPaths(WithSeriesPaths(prepared.status()));
  work.prepared = *std::move(prepared);
  return absl::OkStatus();
}

void ExplainPrediction::Fetch(const std::shared_ptr<Work>& work) const {
  absl::Status status = work->call->CheckAlive();
  if (status.ok()) status = deps_.engine.Fetch(*work->prepared, work->call->context());
  if (!status.ok()) return work->call->Finish(status);
  Queue(work);
}

void ExplainPrediction::Queue(const std::shared_ptr<Work>& work) const {
  work->run = deps_.explain(*std::exchange(work->prepared, std::nullopt), work->steps);
  const absl::Status queued =
      deps_.inference.Submit(serving::Lane::kExplain, kExplanations, 1, work->call->context(),
                             std::make_unique<Job>(*this, work));
  if (!queued.ok()) work->call->Finish(queued);
}

void ExplainPrediction::Advance(const std::shared_ptr<Work>& work) const {
  const absl::StatusOr<bool> more = work->run->Advance();
  if (!more.ok()) return work->call->Finish(WithRequestPaths(WithSeriesPaths(more.status())));
  if (!*more) return Answer(*work);
  deps_.inference.Continue(serving::Lane::kExplain, kExplanations, 1, work->call->context(),
                           std::make_unique<Job>(*this, work));
}

void ExplainPrediction::Answer(Work& work) const {
  pipeline::Explanation explanation = work.run->Take();
  for (base::Warning& warning : work.warnings) {
    explanation.answer.prediction.warnings.push_back(std::move(warning));
  }
  ToProto(explanation, *work.response);
  work.call->Finish(absl::OkStatus());
}

}  // namespace aifx::rpc
