// aifx features compute: the features of a file of candles, without server or backend.
#include "client/cli/features_compute.h"

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "client/cli/context_files.h"
#include "client/cli/errors.h"
#include "client/cli/features/features_options.h"
#include "client/cli/features_output.h"
#include "client/cli/features_table.h"
#include "core/base/status_macros.h"
#include "core/features/owned_context.h"

namespace aifx::cli {
namespace {

struct Options {
  std::string csv;
  std::string set = "stationary-v1";
  std::string convention;  // empty: the set's own
  std::string out;
  std::string pair;                  // of `csv`; empty: one that is no context pair
  std::vector<std::string> context;  // PAIR=FILE each
};

// Returns what was written and what was left out, in words.
absl::StatusOr<std::string> Compute(const Options& options, absl::Time now) {
  AIFX_ASSIGN_OR_RETURN(const features::FeatureSet* set,
                        FindSetOption(options.set, options.convention));
  std::optional<market::CurrencyPair> pair;
  if (!options.pair.empty()) {
    const auto parsed = market::CurrencyPair::Parse(options.pair);
    if (!parsed.ok()) {
      return absl::InvalidArgumentError(absl::StrCat("--pair: ", parsed.status().message()));
    }
    pair = *parsed;
  }
  const market::CurrencyPair* own = pair.has_value() ? &*pair : nullptr;
  AIFX_ASSIGN_OR_RETURN(const CandleFile file, ReadCandleFile(options.csv, now));
  AIFX_ASSIGN_OR_RETURN(const std::vector<features::OwnedContextSeries> context,
                        ReadContextFiles(options.context, *set, own, now));
  const std::vector<features::ContextSeries> others = features::ViewsOf(context);
  const features::FeatureInput input(file.candles, own, others);
  AIFX_ASSIGN_OR_RETURN(const FeatureTable table, WriteFeatureFile(options.out, *set, input));
  std::string report = absl::StrCat("wrote ", table.rows, " rows of ", set->columns().size(),
                                    " columns (", set->name(), ") to ", options.out);
  if (table.dropped.undefined > 0) {
    const auto first = absl::c_find_if(file.candles, [&](const auto& candle) {
      return candle.open_time == table.dropped.first_undefined;
    });
    absl::StrAppend(&report, "\nwarning: left out ", table.dropped.undefined,
                    " rows with an undefined value, first ", table.dropped.first_undefined_column,
                    " of ", options.csv, ":",
                    file.lines[static_cast<size_t>(first - file.candles.begin())].number);
  }
  if (set->recursive()) {
    absl::StrAppend(&report, "\nnote: ", set->name(), " has recursive columns: the first ",
                    set->memory(), " candles depend on where the file starts");
  }
  return report;
}

int Run(const Options& options, Console& console) {
  const absl::StatusOr<std::string> report = Compute(options, console.clock.Now());
  if (!report.ok()) return ReportError("features compute", report.status(), console);
  console.err << *report << "\n";
  return kDone;
}

}  // namespace

void AddFeaturesCompute(CLI::App& features, Invocation& invocation) {
  auto options = std::make_shared<Options>();
  CLI::App* compute =
      features.add_subcommand("compute", "Compute a feature set of the candles in a file, offline");
  compute
      ->add_option("--csv", options->csv,
                   "candles, oldest first: timestamp (the open time, UTC), open, high, low, close, "
                   "volume; volume may be left out where the set needs none")
      ->required();
  AddSetOptions(*compute, &options->set, &options->convention);
  compute->add_option("--pair", options->pair,
                      "the pair of --csv, for sets that use other pairs: it is none of those");
  AddContextOption(*compute, &options->context);
  compute
      ->add_option("--out", options->out,
                   "File to write: timestamp and the set's columns, one row a candle from the "
                   "first that has all of them; .npy (and its _timestamps.npy) and .parquet are "
                   "written as such, all else as CSV; a pipe or /dev/stdout is written to as it is")
      ->required();
  compute->callback([options, &invocation] {
    invocation.run = [options, &invocation] { return Run(*options, invocation.console); };
  });
}

}  // namespace aifx::cli
