#include "client/cli/train_options.h"

#include <CLI/CLI.hpp>

#include "absl/strings/str_cat.h"
#include "client/cli/series_check.h"
#include "client/cli/training_events.h"
#include "client/cli/words.h"
#include "core/base/status_macros.h"
#include "core/features/feature_set.h"

namespace aifx::cli {
namespace {

constexpr int kDefaultDays = 30;  // as the job always had

absl::StatusOr<absl::Time> ParseOption(absl::string_view option, const std::string& text,
                                       absl::Time fallback) {
  if (text.empty()) return fallback;
  const absl::StatusOr<absl::Time> time = ParseTimeWord(text);
  if (!time.ok())
    return absl::InvalidArgumentError(absl::StrCat(option, ": ", time.status().message()));
  return time;
}

void AddWindow(CLI::App& command, TrainWeeklyOptions* options) {
  command.add_option("--pair", options->pair, "Such as EUR/USD")->required()->type_name("PAIR");
  command.add_option("--timeframe", options->timeframe, "1min 5min 15min 30min 1h 4h 1d 1w 1M")
      ->type_name("NAME")
      ->capture_default_str();
  CLI::Option* days =
      command.add_option("--days", options->days, "Days of candles before --end; default: 30")
          ->check(CLI::Range(1, 36500))
          ->type_name("N");
  command.add_option("--start", options->start, "First candle's open time, instead of --days")
      ->type_name("TIME")
      ->excludes(days);
  command.add_option("--end", options->end, "Candles open before then; default: now")
      ->type_name("TIME");
}

void AddNetwork(CLI::App& command, training::TrainSpec* spec) {
  const auto size = CLI::Range(int64_t{1}, int64_t{4096});
  const auto number = [&](const char* name, auto* value, const char* help, const auto& range) {
    command.add_option(name, *value, help)->check(range)->type_name("N")->capture_default_str();
  };
  number("--sequence", &spec->sequence, "Candles of a window", size);
  number("--hidden1", &spec->hidden1, "Units of the first LSTM layer", size);
  number("--hidden2", &spec->hidden2, "Units of the second LSTM layer", size);
  number("--dense", &spec->dense, "Units of the dense layer", size);
  number("--batch", &spec->batch, "Samples of a step", size);
  number("--epochs", &spec->max_epochs, "Epochs at most", CLI::Range(1, 1000));
  number("--patience", &spec->patience, "Epochs without gain before it stops", CLI::Range(1, 1000));
  number("--learning-rate", &spec->learning_rate, "Adam's first step", CLI::Range(1e-7, 1.0));
  number("--seed", &spec->seed, "Same seed and candles, same weights",
         CLI::Range(uint64_t{0}, uint64_t{1} << 62));
  number("--threads", &spec->threads, "Threads that compute", CLI::Range(1, 1024));
}

void AddLabel(CLI::App& command, TrainWeeklyOptions* options) {
  command.add_option("--label", options->label, "What is predicted")
      ->check(CLI::IsMember({"triple_barrier", "direction"}))
      ->type_name("NAME")
      ->capture_default_str();
  command.add_option("--horizon", options->spec.horizon_bars, "Candles that the label looks ahead")
      ->check(CLI::Range(1, 10000))
      ->type_name("N")
      ->capture_default_str();
  command
      .add_option("--barrier-atr", options->spec.barrier_atr, "Distance of the barriers in ATR(14)")
      ->check(CLI::Range(0.01, 100.0))
      ->type_name("X")
      ->capture_default_str();
  command
      .add_option("--coverage", options->spec.signal_coverage,
                  "Share of windows that should give a signal")
      ->check(CLI::Range(0.0, 1.0))
      ->type_name("0..1")
      ->capture_default_str();
}

}  // namespace

void AddTrainWeeklyOptions(CLI::App& command, TrainWeeklyOptions* options) {
  AddWindow(command, options);
  command
      .add_option("--name", options->spec.model_name,
                  "The model's name; default: made of pair and timeframe, such as eurusd-1h")
      ->type_name("NAME");
  command.add_option("--models-dir", options->models_dir, "Folder of the model store")
      ->envname("AIFX_MODELS_DIR")
      ->type_name("FOLDER")
      ->capture_default_str();
  command.add_option("--set", options->spec.feature_set, "The feature set, such as stationary-v2")
      ->type_name("NAME")
      ->capture_default_str();
  AddNetwork(command, &options->spec);
  AddLabel(command, options);
  AddBackendOptions(command, &options->backend);
  AddCacheOptions(command, &options->backend);
  AddBadDataOption(command, &options->allow_bad_data);
  AddRedisOption(command, &options->redis_url);
  command.add_flag("--dry-run", options->dry_run,
                   "Only read the candles and say what would be done");
  command.add_flag("--json", options->json, "Write the report as one line of JSON");
}

absl::StatusOr<training::TrainSpec> MakeSpec(const TrainWeeklyOptions& options, absl::Time now) {
  training::TrainSpec spec = options.spec;
  AIFX_ASSIGN_OR_RETURN(spec.pair, market::CurrencyPair::Parse(options.pair));
  AIFX_ASSIGN_OR_RETURN(spec.timeframe, market::ParseTimeframe(options.timeframe));
  AIFX_ASSIGN_OR_RETURN(spec.end, ParseOption("--end", options.end, now));
  const int days = options.days > 0 ? options.days : kDefaultDays;
  AIFX_ASSIGN_OR_RETURN(spec.start,
                        ParseOption("--start", options.start, spec.end - absl::Hours(24) * days));
  if (spec.start >= spec.end) {
    return absl::InvalidArgumentError(absl::StrCat("--start ", TimeWord(spec.start),
                                                   " is not before --end ", TimeWord(spec.end)));
  }
  if (const auto set = features::FindFeatureSet(spec.feature_set); !set.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("--set: ", set.status().message()));
  }
  spec.label =
      options.label == "direction" ? model::Label::kDirection : model::Label::kTripleBarrier;
  return spec;
}

}  // namespace aifx::cli
