#ifndef AIFX_CORE_SERVING_EXPERIMENTS_FILE_H_
#define AIFX_CORE_SERVING_EXPERIMENTS_FILE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/serving/experiment_stats.h"

namespace aifx::serving {

// The experiments that `folder`/experiments.json holds, with their counts of requests and units;
// none where there is no file. InvalidArgument where it cannot be understood.
absl::StatusOr<std::vector<ExperimentView>> ReadExperiments(const std::string& folder);

// Replaces the file atomically; makes the folder where need be. The file system's error otherwise.
absl::Status WriteExperiments(const std::string& folder,
                              const std::vector<ExperimentView>& experiments);

// Renames a file that cannot be understood to experiments.json.damaged, in place of an older one.
absl::Status PutExperimentsAside(const std::string& folder);

}  // namespace aifx::serving

#endif  // AIFX_CORE_SERVING_EXPERIMENTS_FILE_H_
