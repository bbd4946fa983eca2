// aifx dataset: windows, macro data and answers as arrays that training in Python opens directly.
#include <CLI/CLI.hpp>
#include <memory>

#include "absl/strings/str_cat.h"
#include "client/cli/commands.h"
#include "client/cli/dataset/dataset_job.h"
#include "client/cli/dataset/dataset_report.h"
#include "client/cli/errors.h"
#include "client/cli/stop_signals.h"
#include "core/base/ids.h"

namespace aifx::cli {
namespace {

// What became of all data sets.
struct Totals {
  int done = 0, too_little = 0, failed = 0;
  int refused = 0;  // of those that failed: for what was asked, such as a cut outside the data

  int ExitCode() const {
    if (failed > 0) return refused == failed && done == 0 ? kUsage : kFailed;
    return done == 0 ? kTooLittleData : kDone;
  }
};

void Report(const absl::StatusOr<DatasetResult>& result, const std::string& series,
            const DatasetOptions& options, Console& console, Totals& totals,
            nlohmann::json& report) {
  if (result.ok()) {
    ++totals.done;
    report.push_back(DatasetJson(*result, options.dry_run));
    if (!options.json) {
      console.out << DatasetText(*result, options.dry_run, console.colour_out) << "\n";
    }
    return;
  }
  report.push_back({{"series", series}, {"error", result.status().message()}});
  if (absl::IsOutOfRange(result.status())) {
    ++totals.too_little;
    console.err << "aifx: dataset " << series
                << ": too little data yet: " << result.status().message() << "\n";
  } else {
    ++totals.failed;
    if (absl::IsInvalidArgument(result.status())) ++totals.refused;
    ReportError(absl::StrCat("dataset ", series), result.status(), console);
  }
}

int Run(const DatasetOptions& options, Console& console) {
  const absl::StatusOr<DatasetPlan> plan = MakeDatasetPlan(options, console.clock.Now());
  if (!plan.ok()) {
    ReportError("dataset", plan.status(), console);
    return kUsage;
  }
  const auto sources = DatasetSources::Open(options, *plan, console);
  if (!sources.ok()) {
    ReportError("dataset", sources.status(), console);
    return kUsage;
  }
  const base::CallContext context{.request_id = base::NewUuid()};
  const CancelOnSignal cancel_on_signal(context);
  Totals totals;
  nlohmann::json report = nlohmann::json::array();
  for (const dataset::DatasetSpec& spec : plan->datasets) {
    const std::string series =
        absl::StrCat(spec.pair.ToString(), " ", market::TimeframeName(spec.timeframe));
    DatasetProgress progress(console);
    progress.Series(series);
    // Those that an interruption leaves undone have failed, each by its name.
    const auto result = context.IsCancelled() ? absl::CancelledError("interrupted")
                                              : MakeDataset(spec, options, *plan, **sources,
                                                            progress, console, context);
    progress.Finish();
    Report(result, series, options, console, totals, report);
  }
  if (options.json) console.out << nlohmann::json{{"datasets", report}}.dump() << "\n";
  return totals.ExitCode();
}

}  // namespace

void AddDataset(CLI::App& app, Invocation& invocation) {
  auto options = std::make_shared<DatasetOptions>();
  CLI::App* sub = app.add_subcommand(
      "dataset",
      "Write windows, macro data and targets as NumPy arrays, split by time and scaled by what the "
      "training part knows");
  AddDatasetOptions(*sub, options.get());
  sub->callback([options, &invocation] {
    invocation.run = [options, &invocation] { return Run(*options, invocation.console); };
  });
}

}  // namespace aifx::cli
