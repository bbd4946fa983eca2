#ifndef AIFX_CLIENT_CLI_BACKEND_ACCEPTANCE_RUN_H_
#define AIFX_CLIENT_CLI_BACKEND_ACCEPTANCE_RUN_H_

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/backend/acceptance.h"

namespace aifx::cli {

// The state of one acceptance run and its steps. Not thread-safe.
class AcceptanceRun {
 public:
  AcceptanceRun(const AcceptanceOptions& options, const AcceptanceDependencies& dependencies)
      : options_(options), deps_(dependencies) {}

  AcceptanceReport Run();

 private:
  // A step returns what it saw. FAILED_PRECONDITION with the reason NOT_RUN where it lacks what an
  // earlier step makes.
  using Detail = absl::StatusOr<std::string>;
  struct Step {
    const char* name;
    const char* route;
    Detail (AcceptanceRun::*run)();
    bool repeatable;
  };
  static const std::vector<Step>& Steps();

  // The 14 steps (acceptance_steps.cc).
  Detail Health();
  Detail RegisterModel();
  Detail UpdateModelStatus();
  Detail LogTraining();
  Detail SubmitPrediction();
  Detail UpdateOutcome();
  Detail Accuracy();
  Detail MarketData();
  Detail Signals();
  Detail Trades();
  Detail Stats();
  Detail ModelVersions();
  Detail NoDatabase();  // acceptance_process.cc
  Detail InvalidKey();

  // Optional routes (acceptance_optional.cc).
  void LookForOptionalFeatures();
  void Probe(const std::string& name, const backend::Call& call);

  CheckResult RunStep(const Step& step);
  void MeasureRoutes();
  void Measure(const std::string& route, const std::function<bool()>& call);
  void RetireModels();
  void SayWhatIsLeftBehind(int not_retired);
  // Keeps what the process is connected to just now.
  void LookAtProcess();
  // A new time limit and request id.
  const base::CallContext& NewCall();
  // The message without the backend's URL, which the report has once.
  std::string Shortened(const absl::Status& status) const;

  const AcceptanceOptions& options_;
  const AcceptanceDependencies& deps_;
  AcceptanceReport report_;
  base::CallContext context_;
  std::string version_base_;  // of the model versions registered
  std::vector<std::string> model_ids_;
  std::string newest_version_;
  std::vector<std::string> prediction_ids_;
  size_t outcomes_ = 0;  // so many of them, from the first on, have one
  bool key_is_refused_ = false;
  std::vector<backend::Call> other_reads_;  // routes that are there and in no check
  std::optional<std::pair<absl::Time, absl::Time>> candle_window_;
  std::optional<bool> has_spread_;
  absl::Status process_error_;
  ProcessSnapshot process_;  // connections: of all looks
};

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_BACKEND_ACCEPTANCE_RUN_H_
