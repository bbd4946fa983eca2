#ifndef AIFX_CLIENT_CLI_DATASET_MACRO_FILES_H_
#define AIFX_CLIENT_CLI_DATASET_MACRO_FILES_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/dataset/dataset_options.h"
#include "core/macro/macro_record.h"

namespace aifx::cli {

// What the files of --fundamentals and --events hold; absent where there is no such file.
struct MacroFiles {
  std::optional<std::vector<macro::FundamentalRecord>> records;
  std::optional<std::vector<macro::EconomicEvent>> events;
  // What was left out of each, in words: values that cannot be read, rows without a value, series
  // that --series does not have.
  std::vector<std::string> record_warnings, event_warnings;
};

// What messages and metadata call a file: without its folder, which is the machine's.
std::string FileName(const std::string& path);

// InvalidArgument for a configuration or a file that is wrong, else the file system's error.
absl::StatusOr<MacroFiles> ReadMacroFiles(const DatasetOptions& options);

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_DATASET_MACRO_FILES_H_
