#ifndef AIFX_CLIENT_CLI_DATASET_DATASET_SOURCES_H_
#define AIFX_CLIENT_CLI_DATASET_DATASET_SOURCES_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/dataset/dataset_options.h"
#include "client/cli/dataset/dataset_progress.h"
#include "client/cli/dataset/macro_files.h"
#include "core/base/call_context.h"
#include "core/dataset/dataset_json.h"
#include "core/features/owned_context.h"

namespace aifx::cli {

// Candles of a data set: those that get rows, and before them what fills the first windows.
struct DatasetCandles {
  std::vector<market::Candle> candles;
  size_t first = 0;
  std::vector<size_t> lines;  // of a file: where each candle stands; of the backend: none
};

// Where the inputs come from: the backend, or files. Not thread-safe.
class DatasetSources {
 public:
  // Reads the files of macro data and of context and opens the backend where anything comes from
  // there.
  // InvalidArgument for a configuration or a file that is wrong, else the file system's error.
  static absl::StatusOr<std::unique_ptr<DatasetSources>> Open(const DatasetOptions& options,
                                                              const DatasetPlan& plan,
                                                              Console& console);

  // The closed candles of [from, to), and as many before as the first row's window depends on.
  absl::StatusOr<DatasetCandles> Candles(const dataset::DatasetSpec& spec, absl::Time from,
                                         absl::Time to, const base::CallContext& context);

  // The candles of the pairs that the feature set uses too, over the time of `candles`. None where
  // it uses no other. FailedPrecondition where the rules of `aifx data check` refuse one of them.
  absl::StatusOr<std::vector<features::OwnedContextSeries>> Context(
      const dataset::DatasetSpec& spec, absl::Span<const market::Candle> candles,
      DatasetProgress& progress, const base::CallContext& context);

  // Macro features of the pair from everything up to `to`; absent where they are left out. Says
  // where there is no data of the pair at all, and, the first time, what of a file was left out.
  absl::StatusOr<std::optional<macro::FundamentalFeatures>> Fundamentals(
      const market::CurrencyPair& pair, absl::Time to, DatasetProgress& progress,
      const base::CallContext& context);
  absl::StatusOr<std::optional<macro::EventFeatures>> Events(const market::CurrencyPair& pair,
                                                             absl::Time to,
                                                             DatasetProgress& progress,
                                                             const base::CallContext& context);

  // The names of the sources, without what the caller knows.
  dataset::Provenance provenance(const dataset::DatasetSpec& spec) const;

 private:
  DatasetSources(const DatasetOptions& options, Console& console)
      : options_(options), console_(console) {}
  absl::StatusOr<DatasetCandles> ReadCandlesFile(const dataset::DatasetSpec& spec, absl::Time to);
  absl::StatusOr<std::vector<market::Candle>> ReadCandles(const dataset::DatasetSpec& spec,
                                                          absl::Time from, absl::Time to,
                                                          const base::CallContext& context);
  bool macro_from_backend() const { return options_.csv.empty() && !options_.no_macro; }

  const DatasetOptions& options_;
  Console& console_;
  std::unique_ptr<TrainingBackend> backend_;           // null: files alone
  MacroFiles files_;                                   // its warnings go once they are told
  std::vector<features::OwnedContextSeries> context_;  // of the files
};

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_DATASET_DATASET_SOURCES_H_
