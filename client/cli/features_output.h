#ifndef AIFX_CLIENT_CLI_FEATURES_OUTPUT_H_
#define AIFX_CLIENT_CLI_FEATURES_OUTPUT_H_

#include <string>

#include "absl/status/statusor.h"
#include "client/cli/features_table.h"

namespace aifx::cli {

// Writes the features of a series (WriteFeatureTable) to `out`: .npy, with its _timestamps.npy, and
// .parquet as such, all else as CSV. A file is there whole or not at all, and what is there stays
// until then: it is written aside and renamed, and SIGINT and SIGTERM, which are Cancelled, take it
// away too. What is there and no regular file (a pipe, a device, a link such as /dev/stdout) is
// written to as it is, since a rename would replace it; InvalidArgument for an .npy then, which
// takes a file. Else NotFound without the folder of `out`, or the file system's error.
absl::StatusOr<FeatureTable> WriteFeatureFile(const std::string& out,
                                              const features::FeatureSet& set,
                                              const features::FeatureInput& input);

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_FEATURES_OUTPUT_H_
