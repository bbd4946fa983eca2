#include "client/cli/features/features_options.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "client/cli/series_check.h"
#include "client/cli/words.h"
#include "core/base/status_macros.h"

namespace aifx::cli {
namespace {

// The status with the option in front of its message.
absl::Status Of(absl::string_view option, const absl::Status& status) {
  return absl::InvalidArgumentError(absl::StrCat(option, ": ", status.message()));
}

absl::StatusOr<std::vector<SeriesKey>> ParseSeries(const FeaturesOptions& options) {
  std::vector<SeriesKey> series;
  for (const std::string& pair_text : options.pairs) {
    const auto pair = market::CurrencyPair::Parse(pair_text);
    if (!pair.ok()) return Of("--pairs", pair.status());
    for (const std::string& timeframe_text : options.timeframes) {
      const auto timeframe = market::ParseTimeframe(timeframe_text);
      if (!timeframe.ok()) return Of("--timeframes", timeframe.status());
      const bool known = std::any_of(series.begin(), series.end(), [&](const SeriesKey& key) {
        return key.pair == *pair && key.timeframe == *timeframe;
      });
      if (!known) series.push_back({*pair, *timeframe});
    }
  }
  if (series.empty()) return absl::InvalidArgumentError("--pairs is required, such as EUR/USD");
  return series;
}

absl::Status ParseRange(const FeaturesOptions& options, FeaturesPlan& plan) {
  if (!options.from.empty()) {
    const auto from = ParseTimeWord(options.from);
    if (!from.ok()) return Of("--from", from.status());
    plan.from = *from;
  }
  if (!options.to.empty()) {
    const auto to = ParseTimeWord(options.to);
    if (!to.ok()) return Of("--to", to.status());
    plan.to = std::min(*to, plan.as_of);
  }
  if (plan.from < plan.to) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("--from ", options.from, " is not before ",
                   options.to.empty() ? "now" : absl::StrCat("--to ", options.to, " and now")));
}

void AddSeriesOptions(CLI::App& command, FeaturesOptions* options) {
  command.add_option("--pairs", options->pairs, "Such as EUR/USD,USD/JPY; required")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("PAIR,...");
  command
      .add_option("--timeframes", options->timeframes,
                  "Of each pair: 1min 5min 15min 30min 1h 4h 1d 1w 1M")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("NAME,...")
      ->capture_default_str();
  command
      .add_option("--from", options->from, "Rows of candles that open from then on; default: all")
      ->type_name("TIME");
  command.add_option("--to", options->to, "Rows of candles that open before then; default: now")
      ->type_name("TIME");
}

}  // namespace

std::string SeriesKey::Name() const {
  return absl::StrCat(pair.ToString(), " ", market::TimeframeName(timeframe));
}

std::string SeriesKey::FolderName() const {
  return absl::StrCat(absl::AsciiStrToLower(pair.base()), absl::AsciiStrToLower(pair.quote()), "-",
                      market::TimeframeName(timeframe));
}

void AddSetOptions(CLI::App& command, std::string* set, std::string* convention) {
  command.add_option("--set", *set, "Feature set, such as v3.2")
      ->type_name("NAME")
      ->capture_default_str();
  command
      .add_option("--convention", *convention,
                  "Whose definitions, where there are several; by default the set's own")
      ->check(CLI::IsMember({"reference", "talib"}));
}

void AddFeaturesOptions(CLI::App& command, FeaturesOptions* options) {
  AddSeriesOptions(command, options);
  AddSetOptions(command, &options->set, &options->convention);
  const auto add_split = [&](const char* name, std::string* value, const char* help) {
    command.add_option(name, *value, help)->type_name("TIME|SHARE")->capture_default_str();
  };
  add_split("--train-until", &options->train_until,
            "Training rows are known by then (candle closed), or are that share of all rows");
  add_split(
      "--validation-until", &options->validation_until,
      "The same for the end of validation, counted from the start: 0.7 and 0.85 are 70, 15 and "
      "15 %; test is the rest");
  command
      .add_option("--out", options->out,
                  "Folder that gets a folder a series; required but for --dry-run")
      ->type_name("FOLDER");
  command.add_option("--format", options->format, "Of the files")
      ->check(CLI::IsMember({"csv", "npy", "parquet"}))
      ->capture_default_str();
  AddBadDataOption(command, &options->allow_bad_data);
  AddBackendOptions(command, &options->backend);
  AddCacheOptions(command, &options->backend);
  command.add_flag("--dry-run", options->dry_run,
                   "Only read the candles and say what would be written");
  command.add_flag("--json", options->json, "Write the report as one line of JSON");
}

absl::StatusOr<const features::FeatureSet*> FindSetOption(const std::string& set,
                                                          const std::string& convention) {
  const auto found =
      convention.empty()
          ? features::FindFeatureSet(set)
          : features::FindFeatureSet(set, convention == "talib" ? features::Convention::kTaLib
                                                                : features::Convention::kReference);
  if (found.ok()) return found;
  return Of("--set", found.status());
}

absl::StatusOr<FeaturesPlan> MakeFeaturesPlan(const FeaturesOptions& options, absl::Time now) {
  FeaturesPlan plan{.to = now, .as_of = now, .allow_bad_data = options.allow_bad_data};
  AIFX_ASSIGN_OR_RETURN(plan.series, ParseSeries(options));
  AIFX_ASSIGN_OR_RETURN(plan.set, FindSetOption(options.set, options.convention));
  AIFX_ASSIGN_OR_RETURN(plan.format, table::ParseTableFormat(options.format));
  AIFX_RETURN_IF_ERROR(ParseRange(options, plan));
  AIFX_ASSIGN_OR_RETURN(plan.split, ParseSplit(options.train_until, options.validation_until));
  plan.out = options.out;
  while (plan.out.size() > 1 && plan.out.back() == '/') plan.out.pop_back();
  if (plan.out.empty() && !options.dry_run) {
    return absl::InvalidArgumentError("--out is required: the folder for the files");
  }
  return plan;
}

}  // namespace aifx::cli
