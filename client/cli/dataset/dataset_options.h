#ifndef AIFX_CLIENT_CLI_DATASET_DATASET_OPTIONS_H_
#define AIFX_CLIENT_CLI_DATASET_DATASET_OPTIONS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/training_backend.h"
#include "core/dataset/dataset.h"

namespace aifx::cli {

// What `aifx dataset` is told, as text of the command line.
struct DatasetOptions {
  std::vector<std::string> pairs;
  std::vector<std::string> timeframes = {"1h"};
  std::string set = "stationary-v1";
  size_t sequence = 60;
  std::vector<std::string> targets = {"direction", "return", "triple-barrier"};
  dataset::TargetRule rule;  // the numbers
  std::string from, to;
  std::string train_until = "0.7", validation_until = "0.85", test_until;
  std::optional<size_t> embargo;
  std::string csv, fundamentals, series, events;
  std::vector<std::string> context;  // PAIR=FILE each, beside csv
  bool no_macro = false;
  bool raw = false;
  bool allow_bad_data = false;
  std::string out;
  bool dry_run = false;
  bool json = false;
  BackendOptions backend;
};

// Declares the options with their ranges and defaults.
void AddDatasetOptions(CLI::App& command, DatasetOptions* options);

// What is asked for: one data set for each pair and timeframe, in the order given.
struct DatasetPlan {
  std::vector<dataset::DatasetSpec> datasets;
  absl::Time from = absl::InfinitePast();  // open times: the first, and before which
  absl::Time to;
};

// InvalidArgument naming the option and its value.
absl::StatusOr<DatasetPlan> MakeDatasetPlan(const DatasetOptions& options, absl::Time now);

// A data set's folder in --out: "eurusd-1h".
std::string DatasetFolder(const dataset::DatasetSpec& spec);

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_DATASET_DATASET_OPTIONS_H_
