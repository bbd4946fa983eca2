#include "client/cli/features/features_job.h"

#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/cli/errors.h"
#include "client/cli/features/features_metadata.h"
#include "client/cli/series_check.h"
#include "client/cli/stop_signals.h"
#include "client/http/url.h"
#include "core/base/files.h"
#include "core/base/ids.h"
#include "core/base/staging_folder.h"
#include "core/base/status_macros.h"

namespace aifx::cli {
namespace {

namespace fs = std::filesystem;

constexpr char kJob[] = "features";

// What is replaced must be ours: a folder of the user's own would be gone.
absl::Status CheckTarget(const std::string& folder) {
  std::error_code error;
  if (!fs::exists(folder, error) || fs::exists(fs::path(folder) / kMetadataFile, error)) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(
      absl::StrCat(folder, " is there and not made by this job (it has no ", kMetadataFile,
                   "): move it away, or name another folder with --out"));
}

absl::Status Write(const FeaturesPlan& plan, const FeaturesJobDeps& deps,
                   const base::CallContext& context, SeriesResult& result) {
  const std::string folder = absl::StrCat(plan.out, "/", result.key.FolderName());
  AIFX_RETURN_IF_ERROR(CheckTarget(folder));
  AIFX_ASSIGN_OR_RETURN(const auto staging, base::StagingFolder::Create(folder));
  AIFX_ASSIGN_OR_RETURN(WrittenSeries written,
                        WriteSeries(plan, result.key, *result.survey, staging->path(), deps.source,
                                    deps.progress.Stage(result.key.Name(), "writing"), context));
  const nlohmann::json metadata =
      FeaturesMetadata(plan, result.key, *result.survey, written, deps.source_url);
  AIFX_RETURN_IF_ERROR(base::WriteFileAtomically(absl::StrCat(staging->path(), "/", kMetadataFile),
                                                 metadata.dump(2) + "\n"));
  if (context.IsCancelled()) return absl::CancelledError("interrupted");
  AIFX_RETURN_IF_ERROR(staging->Publish());
  result.written = std::move(written);
  result.folder = folder;
  return absl::OkStatus();
}

std::vector<std::string> WarningsOf(const FeaturesPlan& plan, const SeriesResult& result) {
  const SeriesSurvey& survey = *result.survey;
  std::vector<std::string> warnings =
      SeriesWarnings(survey.verdict, result.key.pair, result.key.timeframe);
  for (const JudgedContext& context : survey.context) {
    for (std::string& text : SeriesWarnings(context.verdict, context.pair, result.key.timeframe)) {
      warnings.push_back(std::move(text));
    }
  }
  if (plan.set->recursive() && survey.full_memory_from != survey.range.first) {
    warnings.push_back(absl::StrCat(
        result.key.Name(), ": ", plan.set->name(), " has recursive columns: rows with fewer than ",
        plan.set->memory() - 1, " candles before them depend on where the series starts"));
  }
  if (result.written.has_value() && result.written->dropped.undefined > 0) {
    warnings.push_back(absl::StrCat(
        result.key.Name(), ": left out ", result.written->dropped.undefined,
        " rows with an undefined value; the first: ", UndefinedText(result.written->dropped)));
  }
  return warnings;
}

absl::Status MakeFiles(const FeaturesPlan& plan, bool dry_run, const FeaturesJobDeps& deps,
                       const base::CallContext& context, SeriesResult& result) {
  AIFX_ASSIGN_OR_RETURN(result.survey,
                        SurveySeries(plan, result.key, deps.source,
                                     deps.progress.Stage(result.key.Name(), "checking"), context));
  if (context.IsCancelled()) return absl::CancelledError("interrupted");
  return dry_run ? absl::OkStatus() : Write(plan, deps, context, result);
}

// Too little data is no error of the job; it says so in its own words.
void Tell(const SeriesResult& result, Console& console) {
  if (absl::IsOutOfRange(result.status)) {
    console.err << "aifx: " << kJob << " " << result.key.Name() << ": " << result.status.message()
                << "\n";
  } else {
    ReportError(absl::StrCat(kJob, " ", result.key.Name()), result.status, console);
  }
}

}  // namespace

SeriesResult MakeSeriesFiles(const FeaturesPlan& plan, const SeriesKey& key, bool dry_run,
                             const FeaturesJobDeps& deps, const base::CallContext& context) {
  SeriesResult result{.key = key};
  const absl::Time start = deps.clock.Now();
  result.status = MakeFiles(plan, dry_run, deps, context, result);
  deps.progress.Finish();
  if (!result.status.ok()) return result;
  deps.progress.Warnings(WarningsOf(plan, result));
  const int64_t rows = result.written.has_value() ? result.written->rows() : 0;
  deps.progress.Series(key.Name(), rows, deps.clock.Now() - start);
  return result;
}

std::vector<SeriesResult> MakeAllSeriesFiles(const FeaturesPlan& plan, bool dry_run,
                                             const FeaturesJobDeps& deps, Console& console,
                                             const base::CallContext& context) {
  std::vector<SeriesResult> results;
  for (const SeriesKey& key : plan.series) {
    if (context.IsCancelled()) {
      results.push_back({.key = key, .status = absl::CancelledError("interrupted")});
    } else {
      results.push_back(MakeSeriesFiles(plan, key, dry_run, deps, context));
    }
    if (!results.back().status.ok()) Tell(results.back(), console);
  }
  return results;
}

int RunFeatures(const FeaturesOptions& options, Console& console) {
  const absl::StatusOr<FeaturesPlan> plan = MakeFeaturesPlan(options, console.clock.Now());
  if (!plan.ok()) return ReportError(kJob, plan.status(), console);
  const auto backend = TrainingBackend::Open(options.backend, console, http::Priority::kBackground);
  if (!backend.ok()) {
    ReportError(kJob, backend.status(), console);
    return kUsage;
  }
  FeaturesProgress progress(console);
  const FeaturesJobDeps deps{.source = (*backend)->candles(),
                             .source_url = http::ParseBaseUrl(options.backend.url).value().text,
                             .clock = console.clock,
                             .progress = progress};
  const base::CallContext context{.request_id = base::NewUuid()};
  const CancelOnSignal cancel_on_signal(context);
  const std::vector<SeriesResult> results =
      MakeAllSeriesFiles(*plan, options.dry_run, deps, console, context);
  console.out << (options.json ? FeaturesJson(*plan, results, options.dry_run).dump() + "\n"
                               : FeaturesText(*plan, results, options.dry_run, console.colour_out));
  return FeaturesExitCode(results);
}

}  // namespace aifx::cli
