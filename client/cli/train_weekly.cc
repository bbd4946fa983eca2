// aifx train weekly: trains from scratch on the backend's candles and registers the version there.
#include "client/cli/train_weekly.h"

#include <CLI/CLI.hpp>
#include <memory>

#include "absl/strings/str_cat.h"
#include "client/cli/errors.h"
#include "client/cli/series_check.h"
#include "client/cli/train_options.h"
#include "client/cli/train_progress.h"
#include "client/cli/training_events.h"
#include "client/cli/words.h"
#include "core/base/ids.h"
#include "core/model/model_store.h"

namespace aifx::cli {
namespace {

// Reads the candles and says what a run would train on; changes nothing.
int DryRun(const TrainWeeklyOptions& options, const training::TrainSpec& spec,
           market::CandleSource& source, Console& console) {
  const auto candles = source.Range(spec.pair, spec.timeframe, spec.start, spec.end,
                                    {.request_id = base::NewUuid()});
  if (!candles.ok()) return ReportError("train weekly --dry-run", candles.status(), console);
  const nlohmann::json plan = {
      {"dry_run", true},
      {"pair", spec.pair.ToString()},
      {"timeframe", market::TimeframeName(spec.timeframe)},
      {"start", absl::FormatTime(absl::RFC3339_sec, spec.start, absl::UTCTimeZone())},
      {"end", absl::FormatTime(absl::RFC3339_sec, spec.end, absl::UTCTimeZone())},
      {"candles", candles->size()},
      {"models_dir", options.models_dir}};
  if (options.json) {
    console.out << plan.dump() << "\n";
  } else {
    console.out << "would train " << spec.pair.ToString() << " "
                << market::TimeframeName(spec.timeframe) << " on " << candles->size()
                << " candles from " << TimeWord(spec.start) << " to " << TimeWord(spec.end)
                << " into " << options.models_dir << "\n";
  }
  // One sample at least takes a window and its label.
  const bool enough = static_cast<int64_t>(candles->size()) > spec.sequence + spec.horizon_bars;
  return enough ? kDone : kTooLittleData;
}

int Report(const training::TrainReport& report, bool json, Console& console) {
  console.out << (json ? TrainReportJson(report).dump() + "\n"
                       : TrainReportText(report, console.colour_out));
  if (report.registration_error.empty()) return kDone;
  console.err << "aifx: the version is kept, but not registered: " << report.registration_error
              << "\n  what to do: run the job again when the backend answers\n";
  return kFailed;
}

int Train(const TrainWeeklyOptions& options, Console& console) {
  const absl::StatusOr<training::TrainSpec> spec = MakeSpec(options, console.clock.Now());
  if (!spec.ok()) {
    ReportError("train weekly", spec.status(), console);
    return kUsage;
  }
  const auto backend = TrainingBackend::Open(options.backend, console, http::Priority::kBackground);
  if (!backend.ok()) {
    ReportError("train weekly", backend.status(), console);
    return kUsage;
  }
  backend::BackendClient& client = (*backend)->client();
  TrainProgress progress(console, spec->max_epochs);
  CheckedCandles candles((*backend)->candles(), options.allow_bad_data,
                         [&](const std::string& text) { progress.Warn(text); });
  if (options.dry_run) return DryRun(options, *spec, candles, console);

  const auto events = TrainingEvents::Open(options.redis_url, console);
  if (!events.ok()) {
    ReportError("train weekly --redis-url", events.status(), console);
    return kUsage;
  }
  const model::ModelStore store(options.models_dir);
  const training::TrainCallbacks callbacks{
      .progress = [&](const std::string& stage, double share) { progress.Stage(stage, share); },
      .epoch = [&](const training::EpochReport& epoch) { progress.Epoch(epoch); }};
  const absl::StatusOr<training::TrainReport> report = training::TrainWeekly(
      *spec, {candles, store, client, client, console.clock, (*events)->sink()}, callbacks,
      {.request_id = base::NewUuid()});
  progress.Finish();
  if (const std::string untold = (*events)->Finish(); !untold.empty()) progress.Warn(untold);
  if (!report.ok()) {
    ReportError(absl::StrCat("train weekly ", options.pair, " ", options.timeframe),
                report.status(), console);
    return TrainExitCode(report.status());
  }
  return Report(*report, options.json, console);
}

}  // namespace

int TrainExitCode(const absl::Status& status) {
  if (status.ok()) return kDone;
  if (absl::IsOutOfRange(status)) return kTooLittleData;
  return absl::IsInvalidArgument(status) ? kUsage : kFailed;
}

void AddTrainWeekly(CLI::App& train, Invocation& invocation) {
  // The pair of the defaults is never used: --pair is required.
  auto options = std::make_shared<TrainWeeklyOptions>(
      TrainWeeklyOptions{.spec = {.pair = *market::CurrencyPair::Parse("EUR/USD")}});
  CLI::App* sub = train.add_subcommand(
      "weekly", "Train from scratch, register the version, make it active where none is");
  AddTrainWeeklyOptions(*sub, options.get());
  sub->callback([options, &invocation] {
    invocation.run = [options, &invocation] { return Train(*options, invocation.console); };
  });
}

}  // namespace aifx::cli
