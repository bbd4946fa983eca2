#ifndef AIFX_TESTS_BENCH_MACHINE_H_
#define AIFX_TESTS_BENCH_MACHINE_H_

#include <string>

#include "absl/time/time.h"

// What figures are named after, and what this process has used of it.
namespace aifx::bench {

// As /proc/cpuinfo calls it.
std::string ProcessorName();

// CPU time of this process so far, user and system.
absl::Duration OwnCpuTime();

}  // namespace aifx::bench

#endif  // AIFX_TESTS_BENCH_MACHINE_H_
