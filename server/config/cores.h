#ifndef AIFX_SERVER_CONFIG_CORES_H_
#define AIFX_SERVER_CONFIG_CORES_H_

#include <functional>
#include <string>

#include "absl/status/statusor.h"

namespace aifx::config {

// Reads a small file; injected so that tests need no container.
using FileReader = std::function<absl::StatusOr<std::string>(const std::string& path)>;

// How many cores the quota of the process's control group allows, rounded up; `none` where there is
// no quota. Understands version 2 (cpu.max, of the group and of those above it) and version 1
// (cpu.cfs_quota_us).
int CoresOfQuota(const FileReader& read_file, int none);

// Cores that this process may use: its affinity mask, and the quota of its control group. >= 1.
int AvailableCores();

}  // namespace aifx::config

#endif  // AIFX_SERVER_CONFIG_CORES_H_
