#include "client/cli/dataset/dataset_job.h"

#include <filesystem>
#include <system_error>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/cli/series_check.h"
#include "core/base/build_info.h"
#include "core/base/files.h"
#include "core/base/staging_folder.h"
#include "core/base/status_macros.h"
#include "core/dataset/dataset_files.h"
#include "core/dataset/dataset_json.h"
#include "core/market/validation.h"

namespace aifx::cli {
namespace {

namespace fs = std::filesystem;

constexpr char kMetadata[] = "metadata.json";

// A data set replaces a data set and nothing else.
absl::Status CheckFolder(const std::string& folder) {
  std::error_code error;
  if (!fs::exists(fs::symlink_status(folder, error))) return absl::OkStatus();
  if (fs::is_regular_file(absl::StrCat(folder, "/", kMetadata), error)) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      folder, " exists and is no data set: it has no ", kMetadata, "; remove it or change --out"));
}

absl::Status CheckRoom(const std::string& folder, int64_t bytes) {
  std::error_code error;
  const fs::space_info space = fs::space(folder, error);
  if (error || space.available > static_cast<uintmax_t>(bytes)) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrCat("the data set takes ", bytes, " bytes, ", folder,
                                                   " has room for ", space.available));
}

// Leaves out what cannot be computed with.
void KeepUsable(DatasetCandles& read) {
  UsableCandles usable;
  DatasetCandles kept;
  kept.candles.reserve(read.candles.size());
  for (size_t i = 0; i < read.candles.size(); ++i) {
    if (!usable.Take(read.candles[i])) continue;
    kept.candles.push_back(read.candles[i]);
    if (!read.lines.empty()) kept.lines.push_back(read.lines[i]);
    if (i < read.first) ++kept.first;
  }
  read = std::move(kept);
}

// Where candle i stands: in a file by its line, else by its time.
std::string PlaceOf(const DatasetCandles& read, size_t i, const std::string& csv) {
  if (!read.lines.empty()) return absl::StrCat(csv, ":", read.lines[i]);
  return absl::StrCat("candle ", absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", read.candles[i].open_time,
                                                  absl::UTCTimeZone()));
}

// A finding of market::ValidateCandles with PlaceOf for each `candles[i].`: nobody sees the list
// that i counts in.
std::string WithPlaces(absl::string_view finding, const DatasetCandles& read,
                       const std::string& csv) {
  std::string text;
  for (const absl::string_view piece : absl::StrSplit(finding, "candles[")) {
    const size_t end = piece.find("].");
    size_t i = 0;
    if (end != piece.npos && absl::SimpleAtoi(piece.substr(0, end), &i) &&
        i < read.candles.size()) {
      absl::StrAppend(&text, PlaceOf(read, i, csv), ": ", piece.substr(end + 2));
    } else {
      absl::StrAppend(&text, piece);
    }
  }
  return text;
}

// What the series is like; refuses it, or warns and leaves out what cannot be used.
absl::StatusOr<market::QualityReport> CheckCandles(DatasetCandles& read,
                                                   const dataset::DatasetSpec& spec,
                                                   const DatasetOptions& options, absl::Time now,
                                                   DatasetProgress& progress) {
  market::QualityChecker checker(spec.timeframe, market::QualityRules());
  for (const market::Candle& candle : read.candles) checker.Add(candle);
  market::QualityReport report = checker.Finish();
  const market::QualityVerdict verdict = market::Judge(report);
  AIFX_RETURN_IF_ERROR(RefuseBadSeries(verdict, spec.pair, spec.timeframe, options.allow_bad_data));
  for (const std::string& text : verdict.refusals) progress.Warn(text);
  for (const std::string& text : verdict.warnings) progress.Warn(text);
  KeepUsable(read);
  market::CandleRules rules;
  rules.max_candles = read.candles.size();
  const auto findings = market::ValidateCandles(read.candles, spec.timeframe, now, rules);
  if (findings.violations.empty()) return report;
  return absl::FailedPreconditionError(absl::StrCat(
      "the candles are bad: ", WithPlaces(findings.violations[0].description, read, options.csv)));
}

// Rows of a recursive set that do not have their whole memory before them.
void WarnOfShortMemory(const dataset::Dataset& data, DatasetProgress& progress) {
  const features::FeatureSet& set = *data.spec().set;
  const size_t oldest = data.rows().front().candle + 1 - data.spec().sequence;
  if (!set.recursive() || oldest + 1 >= set.memory()) return;
  progress.Warn(absl::StrCat(set.name(), " has recursive columns: the first ",
                             set.memory() - 1 - oldest, " rows depend on where the series starts"));
}

absl::Status Write(const dataset::Dataset& data, DatasetProgress& progress,
                   const base::CallContext& context, DatasetResult& result) {
  const std::string parent = fs::path(result.folder).parent_path().string();
  std::error_code error;
  fs::create_directories(parent, error);
  if (error) return absl::ErrnoToStatus(error.value(), absl::StrCat("cannot create ", parent));
  AIFX_ASSIGN_OR_RETURN(const auto staging, base::StagingFolder::Create(result.folder));
  AIFX_RETURN_IF_ERROR(CheckRoom(staging->path(), result.bytes));
  AIFX_ASSIGN_OR_RETURN(
      const auto files,
      dataset::WriteArrays(data, staging->path(), [&](int64_t written, int64_t total) {
        progress.Stage("writing", written, total);
        return context.IsCancelled() ? absl::CancelledError("interrupted") : absl::OkStatus();
      }));
  result.metadata["files"] = dataset::FilesJson(files);
  AIFX_RETURN_IF_ERROR(base::WriteFileAtomically(absl::StrCat(staging->path(), "/", kMetadata),
                                                 result.metadata.dump(1) + "\n"));
  if (context.IsCancelled()) return absl::CancelledError("interrupted");
  return staging->Publish();
}

}  // namespace

absl::StatusOr<DatasetResult> MakeDataset(const dataset::DatasetSpec& spec,
                                          const DatasetOptions& options, const DatasetPlan& plan,
                                          DatasetSources& sources, DatasetProgress& progress,
                                          Console& console, const base::CallContext& context) {
  DatasetResult result{.folder = absl::StrCat(options.out, "/", DatasetFolder(spec))};
  if (!options.dry_run) AIFX_RETURN_IF_ERROR(CheckFolder(result.folder));
  progress.Stage("candles");
  AIFX_ASSIGN_OR_RETURN(DatasetCandles read, sources.Candles(spec, plan.from, plan.to, context));
  if (read.candles.size() <= read.first) return absl::OutOfRangeError("there are no candles");
  AIFX_ASSIGN_OR_RETURN(const market::QualityReport quality,
                        CheckCandles(read, spec, options, console.clock.Now(), progress));
  AIFX_ASSIGN_OR_RETURN(const auto others, sources.Context(spec, read.candles, progress, context));
  progress.Stage("macro");
  AIFX_ASSIGN_OR_RETURN(const auto fundamentals,
                        sources.Fundamentals(spec.pair, plan.to, progress, context));
  AIFX_ASSIGN_OR_RETURN(const auto events, sources.Events(spec.pair, plan.to, progress, context));
  progress.Stage("features");
  const std::vector<features::ContextSeries> views = features::ViewsOf(others);
  AIFX_ASSIGN_OR_RETURN(
      const dataset::Dataset data,
      dataset::Dataset::Build(spec, {.candles = read.candles,
                                     .first = read.first,
                                     .context = views,
                                     .fundamentals = fundamentals ? &*fundamentals : nullptr,
                                     .events = events ? &*events : nullptr}));
  WarnOfShortMemory(data, progress);
  dataset::Provenance provenance = sources.provenance(spec);
  provenance.engine = absl::StrCat("aifx ", base::ProjectVersion(), " ", base::GitRevision());
  provenance.made_at = console.clock.Now();
  result.metadata = dataset::MetadataJson(data, read.candles, quality, provenance);
  result.bytes = dataset::ArrayBytes(data);
  if (context.IsCancelled()) return absl::CancelledError("interrupted");
  if (!options.dry_run) AIFX_RETURN_IF_ERROR(Write(data, progress, context, result));
  progress.Finish();
  return result;
}

}  // namespace aifx::cli
