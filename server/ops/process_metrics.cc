#include "server/ops/process_metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/base/status_macros.h"

namespace aifx::ops {
namespace {

// Not base::ReadFile: files of /proc say that they have no bytes.
absl::StatusOr<std::string> ReadProcFile(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream content;
  if (!file || !(content << file.rdbuf())) {
    return absl::UnavailableError(absl::StrCat("cannot read ", path));
  }
  return content.str();
}

// Fields of `stat` from the third on: what stands before, the name, may hold spaces.
absl::StatusOr<std::vector<int64_t>> StatFields(const std::string& path) {
  AIFX_ASSIGN_OR_RETURN(const std::string content, ReadProcFile(path));
  std::vector<int64_t> fields;
  const size_t name_end = content.rfind(')');
  if (name_end != std::string::npos) {
    for (const absl::string_view text :
         absl::StrSplit(content.substr(name_end + 1), ' ', absl::SkipWhitespace())) {
      int64_t value = 0;  // the state is a letter, and of no interest
      if (!absl::SimpleAtoi(text, &value)) value = 0;
      fields.push_back(value);
    }
  }
  if (fields.size() < 22) {
    return absl::UnavailableError(absl::StrCat(path, " is not as proc(5) describes it"));
  }
  return fields;
}

absl::StatusOr<absl::Time> BootTime(const std::string& path) {
  AIFX_ASSIGN_OR_RETURN(const std::string content, ReadProcFile(path));
  for (const absl::string_view line : absl::StrSplit(content, '\n')) {
    const std::vector<absl::string_view> words = absl::StrSplit(line, ' ');
    int64_t seconds = 0;
    if (words.size() == 2 && words[0] == "btime" && absl::SimpleAtoi(words[1], &seconds)) {
      return absl::FromUnixSeconds(seconds);
    }
  }
  return absl::UnavailableError(absl::StrCat(path, " has no btime"));
}

int64_t CountEntries(const std::string& folder) {
  std::error_code error;
  int64_t count = 0;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    ++count;
  }
  return count;
}

int64_t DescriptorLimit() {
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return 0;
  return static_cast<int64_t>(limit.rlim_cur);
}

}  // namespace

absl::StatusOr<ProcessStats> ReadProcessStats(const std::string& proc, const std::string& id) {
  const std::string folder = absl::StrCat(proc, "/", id);
  AIFX_ASSIGN_OR_RETURN(const std::vector<int64_t> fields, StatFields(folder + "/stat"));
  AIFX_ASSIGN_OR_RETURN(const absl::Time boot, BootTime(proc + "/stat"));
  const auto ticks_a_second = static_cast<double>(sysconf(_SC_CLK_TCK));
  const auto time_of = [&](int64_t ticks) {
    return absl::Seconds(static_cast<double>(ticks) / ticks_a_second);
  };
  // proc(5) counts from 1, and `fields` begins with the third.
  const auto field = [&](size_t number) { return fields[number - 3]; };
  ProcessStats stats;
  stats.cpu = time_of(field(14) + field(15));
  stats.threads = field(20);
  stats.started = boot + time_of(field(22));
  stats.resident_bytes =
      static_cast<double>(field(24)) * static_cast<double>(sysconf(_SC_PAGESIZE));
  stats.open_descriptors = CountEntries(folder + "/fd");
  stats.descriptor_limit = DescriptorLimit();
  return stats;
}

void CollectProcessMetrics(base::MetricSink& sink) {
  auto& cpu = sink.Counter("aifx_process_cpu_seconds_total", "User and system time used.");
  auto& started = sink.Gauge("aifx_process_start_time_seconds", "When it started, since 1970.");
  auto& resident = sink.Gauge("aifx_process_resident_memory_bytes", "Memory in RAM.");
  auto& descriptors = sink.Gauge("aifx_process_open_fds", "Open file descriptors.");
  auto& limit = sink.Gauge("aifx_process_max_fds", "How many may be open; 0: no limit.");
  auto& threads = sink.Gauge("aifx_process_threads", "Threads.");
  const auto stats = ReadProcessStats();
  if (!stats.ok()) return;
  cpu.Add({}, absl::ToDoubleSeconds(stats->cpu));
  started.Add({}, absl::ToDoubleSeconds(stats->started - absl::UnixEpoch()));
  resident.Add({}, stats->resident_bytes);
  descriptors.Add({}, static_cast<double>(stats->open_descriptors));
  limit.Add({}, static_cast<double>(stats->descriptor_limit));
  threads.Add({}, static_cast<double>(stats->threads));
}

}  // namespace aifx::ops
