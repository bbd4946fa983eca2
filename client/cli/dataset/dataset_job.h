#ifndef AIFX_CLIENT_CLI_DATASET_DATASET_JOB_H_
#define AIFX_CLIENT_CLI_DATASET_DATASET_JOB_H_

#include <nlohmann/json.hpp>
#include <string>

#include "absl/status/statusor.h"
#include "client/cli/dataset/dataset_options.h"
#include "client/cli/dataset/dataset_progress.h"
#include "client/cli/dataset/dataset_sources.h"
#include "core/base/call_context.h"

namespace aifx::cli {

// A data set that was written, or would be.
struct DatasetResult {
  std::string folder;
  int64_t bytes = 0;        // of all arrays
  nlohmann::json metadata;  // as in metadata.json; without files in a dry run
};

// Reads, checks, builds and writes one data set; a folder appears whole or not at all, and replaces
// an earlier data set. OutOfRange, with the numbers, where there is too little data yet;
// FailedPrecondition where the rules of `aifx data check` refuse the series, or where the folder
// holds something else than a data set; ResourceExhausted where the disk has no room; Cancelled
// where the context was.
absl::StatusOr<DatasetResult> MakeDataset(const dataset::DatasetSpec& spec,
                                          const DatasetOptions& options, const DatasetPlan& plan,
                                          DatasetSources& sources, DatasetProgress& progress,
                                          Console& console, const base::CallContext& context);

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_DATASET_DATASET_JOB_H_
