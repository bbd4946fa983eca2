#ifndef AIFX_SERVER_OPS_PROCESS_METRICS_H_
#define AIFX_SERVER_OPS_PROCESS_METRICS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/base/metric_sink.h"

namespace aifx::ops {

// What the kernel says of one process (proc(5)).
struct ProcessStats {
  absl::Duration cpu;   // user and system
  absl::Time started;   // to 1/100 s
  int64_t threads = 0;  //
  double resident_bytes = 0;
  int64_t open_descriptors = 0;
  int64_t descriptor_limit = 0;  // soft; 0: none
};

// Reads `proc` (such as "/proc", for tests a copy) of the process `id` ("self").
// Unavailable where a file is not there or not as proc(5) says.
absl::StatusOr<ProcessStats> ReadProcessStats(const std::string& proc = "/proc",
                                              const std::string& id = "self");

// aifx_process_*: without samples where they cannot be read.
void CollectProcessMetrics(base::MetricSink& sink);

}  // namespace aifx::ops

#endif  // AIFX_SERVER_OPS_PROCESS_METRICS_H_
