#ifndef AIFX_CLIENT_CLI_DATASET_DATASET_REPORT_H_
#define AIFX_CLIENT_CLI_DATASET_DATASET_REPORT_H_

#include <nlohmann/json.hpp>
#include <string>

#include "client/cli/dataset/dataset_job.h"

namespace aifx::cli {

// What became of one data set, for people.
std::string DatasetText(const DatasetResult& result, bool dry_run, bool colour);

// The same for machines: folder, bytes, dry_run and the metadata without the list of files.
nlohmann::json DatasetJson(const DatasetResult& result, bool dry_run);

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_DATASET_DATASET_REPORT_H_
