#include "server/config/cores.h"

#include <sched.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace aifx::config {
namespace {

// ceil(quota / period), or `none` where either is not a positive number ("max", "-1").
int CoresOf(absl::string_view quota, absl::string_view period, int none) {
  double quota_us = 0, period_us = 0;
  if (!absl::SimpleAtod(quota, &quota_us) || !absl::SimpleAtod(period, &period_us) ||
      quota_us <= 0 || period_us <= 0) {
    return none;
  }
  return std::max(1, static_cast<int>(std::ceil(quota_us / period_us)));
}

// The path of the process's version 2 group, such as "/kubepods/pod1"; "" for the root.
std::string GroupPath(const FileReader& read_file) {
  const auto content = read_file("/proc/self/cgroup");
  if (!content.ok()) return "";
  for (const absl::string_view line : absl::StrSplit(*content, '\n')) {
    if (absl::StartsWith(line, "0::/")) return std::string(line.substr(3));
  }
  return "";
}

}  // namespace

int CoresOfQuota(const FileReader& read_file, int none) {
  int cores = none;
  // A group above can be tighter than the process's own.
  for (std::string path = GroupPath(read_file);; path = path.substr(0, path.rfind('/'))) {
    if (path == "/") path.clear();
    if (const auto text = read_file(absl::StrCat("/sys/fs/cgroup", path, "/cpu.max")); text.ok()) {
      const std::vector<std::string> parts =
          absl::StrSplit(*text, absl::ByAnyChar(" \n"), absl::SkipEmpty());
      if (parts.size() == 2) cores = std::min(cores, CoresOf(parts[0], parts[1], none));
    }
    if (path.empty()) break;
  }
  const auto quota = read_file("/sys/fs/cgroup/cpu/cpu.cfs_quota_us");
  const auto period = read_file("/sys/fs/cgroup/cpu/cpu.cfs_period_us");
  if (quota.ok() && period.ok()) cores = std::min(cores, CoresOf(*quota, *period, none));
  return cores;
}

int AvailableCores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  int cores = 1;
  if (sched_getaffinity(0, sizeof set, &set) == 0) cores = std::max(1, CPU_COUNT(&set));
  // Not base::ReadFile: the files of /proc and /sys are read as they are, whatever their size says.
  const FileReader read_file = [](const std::string& path) -> absl::StatusOr<std::string> {
    std::ifstream file(path);
    if (!file) return absl::NotFoundError(path);
    std::ostringstream content;
    content << file.rdbuf();
    return content.str();
  };
  return std::clamp(CoresOfQuota(read_file, cores), 1, cores);
}

}  // namespace aifx::config
