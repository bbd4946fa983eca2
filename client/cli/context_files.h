#ifndef AIFX_CLIENT_CLI_CONTEXT_FILES_H_
#define AIFX_CLIENT_CLI_CONTEXT_FILES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "client/cli/candles_csv.h"
#include "core/features/feature_set.h"
#include "core/features/owned_context.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace aifx::cli {

// A CSV of candles (candles_csv.h) whose prices and times are in order.
struct CandleFile {
  std::vector<market::Candle> candles;
  std::vector<CandleLine> lines;  // where each stands
};

// Reads and checks a file of at most 1 GiB (CheckCandleLines). The file system's error, or
// InvalidArgument naming file, line, column and value.
absl::StatusOr<CandleFile> ReadCandleFile(const std::string& path, absl::Time now);

// Adds --context.
CLI::Option* AddContextOption(CLI::App& command, std::vector<std::string>* words);

// The candles of other pairs, given as PAIR=FILE each: those that `set` uses beside those of
// `pair` (null: one that is none of them), all of them, each once. InvalidArgument where they are
// not, else the errors of ReadCandleFile.
absl::StatusOr<std::vector<features::OwnedContextSeries>> ReadContextFiles(
    absl::Span<const std::string> words, const features::FeatureSet& set,
    const market::CurrencyPair* pair, absl::Time now);

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_CONTEXT_FILES_H_
