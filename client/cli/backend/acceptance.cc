#include "client/cli/backend/acceptance.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/cli/backend/acceptance_run.h"
#include "core/base/violation.h"

namespace aifx::cli {
namespace {

// Nobody answered: neither a backend nor anything in front of it.
bool NoAnswer(const absl::Status& status) {
  return absl::IsDeadlineExceeded(status) || base::ReasonOf(status) == "BACKEND_UNAVAILABLE";
}

}  // namespace

int AcceptanceReport::PassedCount() const {
  return static_cast<int>(std::count_if(checks.begin(), checks.end(), [](const CheckResult& check) {
    return check.verdict == Verdict::kPassed;
  }));
}

const std::vector<AcceptanceRun::Step>& AcceptanceRun::Steps() {
  using Run = AcceptanceRun;
  static const auto* const steps = new std::vector<Step>{
      {"health", "GET /health", &Run::Health, true},
      {"register model version", "POST /models/version", &Run::RegisterModel, true},
      {"update model status", "PUT /models/:id/status", &Run::UpdateModelStatus, true},
      {"log training session", "POST /models/:id/training-logs", &Run::LogTraining, true},
      {"submit prediction", "POST /predictions", &Run::SubmitPrediction, true},
      {"update outcome", "PUT /predictions/:id/outcome", &Run::UpdateOutcome, true},
      {"accuracy", "GET /predictions/accuracy", &Run::Accuracy, true},
      {"market data", "GET /training-data/market/:pair", &Run::MarketData, true},
      {"signals", "GET /training-data/signals", &Run::Signals, true},
      {"trades", "GET /training-data/trades", &Run::Trades, true},
      {"stats", "GET /training-data/stats", &Run::Stats, true},
      {"model versions", "GET /models", &Run::ModelVersions, true},
      {"no database client", "", &Run::NoDatabase, false},
      {"invalid key is refused", "GET /training-data/stats", &Run::InvalidKey, false},
  };
  return *steps;
}

const base::CallContext& AcceptanceRun::NewCall() {
  context_ = base::CallContext{.deadline = deps_.clock.Now() + options_.call_timeout,
                               .request_id = deps_.new_uuid()};
  return context_;
}

std::string AcceptanceRun::Shortened(const absl::Status& status) const {
  return std::string(
      absl::StripPrefix(status.message(), absl::StrCat("the backend at ", options_.url, " ")));
}

void AcceptanceRun::LookAtProcess() {
  absl::StatusOr<ProcessSnapshot> now = deps_.process.Look();
  if (!now.ok()) {
    process_error_.Update(now.status());
    return;
  }
  now->connections.merge(process_.connections);
  process_ = *std::move(now);
}

CheckResult AcceptanceRun::RunStep(const Step& step) {
  CheckResult result{.name = step.name, .route = step.route};
  deps_.progress(step.name);
  result.request_id = NewCall().request_id;
  const absl::Time start = deps_.clock.Now();
  const Detail detail = (this->*step.run)();
  result.elapsed = deps_.clock.Now() - start;
  if (detail.ok()) {
    result.verdict = Verdict::kPassed;
    result.detail = *detail;
  } else {
    const bool not_run = base::ReasonOf(detail.status()) == "NOT_RUN";
    result.verdict = not_run ? Verdict::kNotRun : Verdict::kFailed;
    result.detail = Shortened(detail.status());
    report_.answered &= !(step.run == &AcceptanceRun::Health && NoAnswer(detail.status()));
  }
  LookAtProcess();
  return result;
}

void AcceptanceRun::Measure(const std::string& route, const std::function<bool()>& call) {
  RouteTimes times{.route = route};
  deps_.progress(absl::StrCat("response time of ", route));
  for (int i = 0; i < options_.repeat; ++i) {
    NewCall();
    const absl::Time start = deps_.clock.Now();
    const bool ok = call();
    const absl::Duration elapsed = deps_.clock.Now() - start;
    if (ok) {
      times.times.push_back(elapsed);
    } else {
      ++times.failures;
    }
  }
  report_.times.push_back(std::move(times));
}

void AcceptanceRun::MeasureRoutes() {
  for (size_t i = 0; i < Steps().size(); ++i) {
    const Step& step = Steps()[i];
    if (!step.repeatable || report_.checks[i].verdict != Verdict::kPassed) continue;
    Measure(step.route, [&] { return (this->*step.run)().ok(); });
  }
  for (const backend::Call& call : other_reads_) {
    Measure(absl::StrCat(call.route.method, " ", call.route.path),
            [&] { return deps_.client.channel().Send(call, context_).ok(); });
  }
}

void AcceptanceRun::RetireModels() {
  deps_.progress("retiring the model version");
  int not_retired = 0;
  for (const std::string& id : model_ids_) {
    not_retired += deps_.client.SetStatus(id, "retired", false, NewCall()).ok() ? 0 : 1;
  }
  SayWhatIsLeftBehind(not_retired);
}

void AcceptanceRun::SayWhatIsLeftBehind(int not_retired) {
  const auto counted = [](const std::vector<std::string>& ids, const char* noun) {
    return ids.size() == 1 ? absl::StrCat(noun, " ", ids[0])
                           : absl::StrCat(ids.size(), " ", noun, "s");
  };
  if (!model_ids_.empty()) {
    report_.created.push_back(absl::StrCat(
        counted(model_ids_, "model version"),
        " of aifx-acceptance-check with a training log each, ",
        not_retired == 0 ? "retired"
                         : absl::StrCat(not_retired, " of which could NOT be retired")));
  }
  if (!prediction_ids_.empty()) {
    const size_t pending = prediction_ids_.size() - outcomes_;
    report_.created.push_back(absl::StrCat(
        counted(prediction_ids_, "prediction"), ": HOLD, confidence 0.01, ",
        pending == 0 ? "break even" : absl::StrCat(pending, " of which have NO outcome"),
        ", technicalData.source \"aifx backend check\""));
  }
}

AcceptanceReport AcceptanceRun::Run() {
  report_.url = options_.url;
  for (const Step& step : Steps()) {
    if (report_.answered) {
      report_.checks.push_back(RunStep(step));
    } else {
      report_.checks.push_back(
          {.name = step.name, .route = step.route, .detail = "the backend gives no answer"});
    }
  }
  if (!report_.answered) return std::move(report_);
  LookForOptionalFeatures();
  if (options_.repeat > 0) MeasureRoutes();
  RetireModels();
  return std::move(report_);
}

AcceptanceReport RunAcceptance(const AcceptanceOptions& options,
                               const AcceptanceDependencies& dependencies) {
  return AcceptanceRun(options, dependencies).Run();
}

}  // namespace aifx::cli
