#include "client/cli/context_files.h"

#include <CLI/CLI.hpp>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "client/cli/features_table.h"
#include "core/base/files.h"
#include "core/base/status_macros.h"
#include "core/features/context_feed.h"

namespace aifx::cli {
namespace {

constexpr size_t kLargestFile = size_t{1} << 30;

// Adds one PAIR=FILE to `context`.
absl::Status ReadContextFile(const std::string& word, const features::FeatureSet& set,
                             absl::Span<const market::CurrencyPair> used, absl::Time now,
                             std::vector<features::OwnedContextSeries>& context) {
  const size_t equals = word.find('=');
  if (equals == std::string::npos) {
    return absl::InvalidArgumentError(
        absl::StrCat("--context ", word, " is not PAIR=FILE, such as GBP/USD=gbpusd.csv"));
  }
  const auto pair = market::CurrencyPair::Parse(word.substr(0, equals));
  if (!pair.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("--context: ", pair.status().message()));
  }
  if (!absl::c_linear_search(used, *pair)) {
    return absl::InvalidArgumentError(absl::StrCat("--context ", pair->ToString(), ": feature set ",
                                                   set.name(), " does not use that pair here"));
  }
  if (absl::c_any_of(context, [&](const auto& known) { return known.pair == *pair; })) {
    return absl::InvalidArgumentError(
        absl::StrCat("--context ", pair->ToString(), " is given twice"));
  }
  AIFX_ASSIGN_OR_RETURN(CandleFile file, ReadCandleFile(word.substr(equals + 1), now));
  context.push_back({*pair, std::move(file.candles)});
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<CandleFile> ReadCandleFile(const std::string& path, absl::Time now) {
  CandleFile file;
  AIFX_ASSIGN_OR_RETURN(const std::string text, base::ReadFile(path, kLargestFile));
  // No set of the engine uses spreads in price units here, so the pair's pip does not matter.
  AIFX_ASSIGN_OR_RETURN(file.candles, ParseCandlesCsv(text, path, 0.0001, &file.lines));
  AIFX_RETURN_IF_ERROR(CheckCandleLines(file.candles, file.lines, path, now));
  return file;
}

CLI::Option* AddContextOption(CLI::App& command, std::vector<std::string>* words) {
  return command.add_option("--context", *words,
                            "Candles of another pair, PAIR=FILE, for sets that use some");
}

absl::StatusOr<std::vector<features::OwnedContextSeries>> ReadContextFiles(
    absl::Span<const std::string> words, const features::FeatureSet& set,
    const market::CurrencyPair* pair, absl::Time now) {
  const std::vector<market::CurrencyPair> used = features::ContextPairsOf(set, pair);
  std::vector<features::OwnedContextSeries> context;
  for (const std::string& word : words) {
    AIFX_RETURN_IF_ERROR(ReadContextFile(word, set, used, now, context));
  }
  const std::vector<features::ContextSeries> views = features::ViewsOf(context);
  const absl::Status all_there = features::CheckContext(set, {{}, pair, views});
  if (all_there.ok()) return context;
  return absl::InvalidArgumentError(
      absl::StrCat(all_there.message(), ": give each as --context PAIR=FILE",
                   pair == nullptr ? ", and --pair for the pair of --csv" : ""));
}

}  // namespace aifx::cli
