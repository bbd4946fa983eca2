#include "client/cli/dataset/dataset_options.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "client/cli/context_files.h"
#include "client/cli/series_check.h"
#include "client/cli/words.h"
#include "core/base/status_macros.h"

namespace aifx::cli {
namespace {

absl::Status Named(absl::string_view option, const absl::Status& status) {
  return absl::InvalidArgumentError(absl::StrCat(option, ": ", status.message()));
}

// A share such as 0.7, else a time.
absl::StatusOr<dataset::Cut> CutOf(absl::string_view option, const std::string& text) {
  double share = 0;
  if (absl::SimpleAtod(text, &share)) {
    if (share > 0 && share < 1) return dataset::Cut(share);
    return absl::InvalidArgumentError(
        absl::StrCat(option, ": ", text, " is neither a time nor a share between 0 and 1"));
  }
  const auto time = ParseTimeWord(text);
  if (!time.ok()) return Named(option, time.status());
  return dataset::Cut(*time);
}

absl::StatusOr<dataset::SplitRule> SplitOf(const DatasetOptions& options) {
  dataset::SplitRule rule;
  AIFX_ASSIGN_OR_RETURN(rule.train_until, CutOf("--train-until", options.train_until));
  AIFX_ASSIGN_OR_RETURN(rule.validation_until,
                        CutOf("--validation-until", options.validation_until));
  if (!options.test_until.empty()) {
    AIFX_ASSIGN_OR_RETURN(rule.test_until, CutOf("--test-until", options.test_until));
  }
  rule.embargo = options.embargo;
  return rule;
}

dataset::TargetRule TargetsOf(const DatasetOptions& options) {
  dataset::TargetRule rule = options.rule;
  const auto asked = [&](const char* name) {
    return std::count(options.targets.begin(), options.targets.end(), name) > 0;
  };
  rule.direction = asked("direction");
  rule.change = asked("return");
  rule.close = asked("close");
  rule.barrier = asked("triple-barrier");
  return rule;
}

void AddSeries(CLI::App& command, DatasetOptions* options) {
  command.add_option("--pairs,--pair", options->pairs, "Such as EUR/USD,USD/JPY")
      ->required()
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("PAIR,...");
  command
      .add_option("--timeframes,--timeframe", options->timeframes,
                  "1min 5min 15min 30min 1h 4h 1d 1w 1M")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("NAME,...")
      ->capture_default_str();
  command.add_option("--from", options->from, "Rows from then on (open time); default: all")
      ->type_name("TIME");
  command
      .add_option("--to", options->to,
                  "Candles open before then; a day alone is its start; default: now")
      ->type_name("TIME");
}

void AddContent(CLI::App& command, DatasetOptions* options) {
  command.add_option("--set", options->set, "Feature set of the windows, such as v3.2")
      ->type_name("NAME")
      ->capture_default_str();
  command.add_option("--sequence", options->sequence, "Candles of a window")
      ->check(CLI::Range(1, 4096))
      ->type_name("N")
      ->capture_default_str();
  command.add_option("--target,--targets", options->targets, "What to write for each row")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::IsMember({"direction", "return", "close", "triple-barrier"}))
      ->type_name("NAME,...")
      ->capture_default_str();
  command.add_option("--horizon", options->rule.horizon_bars, "Candles that targets look ahead")
      ->check(CLI::Range(1, 10000))
      ->type_name("N")
      ->capture_default_str();
  const auto distance = [&](const char* name, double* value, const char* help) {
    command.add_option(name, *value, help)
        ->check(CLI::Range(0.01, 100.0))
        ->type_name("X")
        ->capture_default_str();
  };
  distance("--take-atr", &options->rule.take_atr, "Upper barrier above the close, in ATR(14)");
  distance("--stop-atr", &options->rule.stop_atr, "Lower barrier below the close, in ATR(14)");
  command.add_flag("--raw", options->raw, "Write values as computed; scalers.json is still made");
}

void AddSplits(CLI::App& command, DatasetOptions* options) {
  const auto cut = [&](const char* name, std::string* value, const char* help) {
    return command.add_option(name, *value, help)->type_name("TIME|SHARE")->capture_default_str();
  };
  cut("--train-until", &options->train_until,
      "Training rows are known by then: a time (a day alone is its start), or a share of rows");
  cut("--validation-until", &options->validation_until, "Validation rows are known by then");
  CLI::Option* test = cut("--test-until", &options->test_until,
                          "Test rows are known by then; later rows are training again");
  command
      .add_option("--embargo", options->embargo,
                  "Candles after the test that training leaves out; default: as many as a row "
                  "depends on, sequence + memory of the set - 1")
      ->needs(test)
      ->check(CLI::Range(0, 1000000))
      ->type_name("N");
}

void AddSources(CLI::App& command, DatasetOptions* options) {
  CLI::Option* csv = command.add_option(
      "--csv", options->csv,
      "Candles of this file (timestamp, open, high, low, close, volume) instead of the backend's");
  csv->check(CLI::ExistingFile)->type_name("FILE");
  AddContextOption(command, &options->context)->needs(csv)->type_name("PAIR=FILE");
  CLI::Option* series = command.add_option("--series", options->series,
                                           "What the series of --fundamentals are, such as "
                                           "examples/collect/file_series.csv");
  series->check(CLI::ExistingFile)->type_name("FILE");
  CLI::Option* fundamentals =
      command.add_option("--fundamentals", options->fundamentals,
                         "Macroeconomic series (CSV or JSON) instead of the backend's");
  fundamentals->check(CLI::ExistingFile)->needs(series)->type_name("FILE");
  series->needs(fundamentals);
  CLI::Option* events = command.add_option("--events", options->events,
                                           "Calendar (CSV or JSON) instead of the backend's");
  events->check(CLI::ExistingFile)->type_name("FILE");
  command.add_flag("--no-macro", options->no_macro, "Leave out what is not given as a file");
  AddBadDataOption(command, &options->allow_bad_data);
  AddBackendOptions(command, &options->backend);
  AddCacheOptions(command, &options->backend);
}

}  // namespace

void AddDatasetOptions(CLI::App& command, DatasetOptions* options) {
  AddSeries(command, options);
  AddContent(command, options);
  AddSplits(command, options);
  AddSources(command, options);
  command
      .add_option(
          "--out", options->out,
          "Folder for the data sets, each in a folder of its own such as eurusd-1h; required "
          "but for --dry-run")
      ->type_name("FOLDER");
  command.add_flag("--dry-run", options->dry_run, "Build, and say what would be written");
  command.add_flag("--json", options->json, "Write the report as one line of JSON");
}

absl::StatusOr<DatasetPlan> MakeDatasetPlan(const DatasetOptions& options, absl::Time now) {
  DatasetPlan plan;
  if (options.out.empty() && !options.dry_run) {
    return absl::InvalidArgumentError("--out: name the folder that gets the data sets");
  }
  if (!options.from.empty()) {
    const auto from = ParseTimeWord(options.from);
    if (!from.ok()) return Named("--from", from.status());
    plan.from = *from;
  }
  plan.to = now;
  if (!options.to.empty()) {
    const auto to = ParseTimeWord(options.to);
    if (!to.ok()) return Named("--to", to.status());
    plan.to = *to;
  }
  if (plan.from >= plan.to) {
    return absl::InvalidArgumentError(
        absl::StrCat("--from ", TimeWord(plan.from), " is not before --to ", TimeWord(plan.to)));
  }
  const auto set = features::FindFeatureSet(options.set);
  if (!set.ok()) return Named("--set", set.status());
  AIFX_ASSIGN_OR_RETURN(const dataset::SplitRule split, SplitOf(options));
  for (const std::string& pair_text : options.pairs) {
    const auto pair = market::CurrencyPair::Parse(pair_text);
    if (!pair.ok()) return Named("--pairs", pair.status());
    for (const std::string& timeframe_text : options.timeframes) {
      const auto timeframe = market::ParseTimeframe(timeframe_text);
      if (!timeframe.ok()) return Named("--timeframes", timeframe.status());
      plan.datasets.push_back({.pair = *pair,
                               .timeframe = *timeframe,
                               .set = *set,
                               .sequence = options.sequence,
                               .targets = TargetsOf(options),
                               .split = split,
                               .scaled = !options.raw});
    }
  }
  if (!options.csv.empty() && plan.datasets.size() != 1) {
    return absl::InvalidArgumentError(
        "--csv is one series: name one pair and one timeframe with it");
  }
  return plan;
}

std::string DatasetFolder(const dataset::DatasetSpec& spec) {
  return absl::StrCat(absl::AsciiStrToLower(absl::StrCat(spec.pair.base(), spec.pair.quote())), "-",
                      market::TimeframeName(spec.timeframe));
}

}  // namespace aifx::cli
