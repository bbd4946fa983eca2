#ifndef AIFX_CORE_SERVING_REGISTRY_STATS_H_
#define AIFX_CORE_SERVING_REGISTRY_STATS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace aifx::serving {

// One model of the store, as metrics show it.
struct ModelStats {
  std::string name;
  int64_t active = 0;   // what active.json names; 0: nothing
  int64_t serving = 0;  // what answers; 0: nothing yet. Another than `active` where that failed
  size_t loaded = 0;    // versions in memory that requests may choose
  size_t draining = 0;  // versions kept by requests that still run
  size_t failed = 0;    // versions that did not pass their checks when they were last tried
};

// A registry's counters since its start, and gauges.
struct RegistryStats {
  uint64_t loads = 0;            // versions that passed their checks
  uint64_t load_failures = 0;    // versions that did not
  uint64_t swaps = 0;            // times that another version began to serve
  uint64_t unloads = 0;          // versions taken out of service, by a swap or a command
  uint64_t freed = 0;            // models whose memory was given back
  size_t waiting_to_free = 0;    // models that nobody holds any more and the reaper has not freed
  absl::Duration load_time;      // of all loads together, checks and warm-up included
  absl::Duration last_load_time;  // of the newest one that passed
  std::vector<ModelStats> models;  // by name
};

}  // namespace aifx::serving

#endif  // AIFX_CORE_SERVING_REGISTRY_STATS_H_
