#ifndef AIFX_TESTS_BENCH_SERVER_PROCESS_H_
#define AIFX_TESTS_BENCH_SERVER_PROCESS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tests/support/child_process.h"

namespace aifx::bench {

// An aifx-server child process on a free port. The destructor ends it. Thread-compatible.
class ServerProcess {
 public:
  // Starts `program` with `arguments` and, beside what this process has, `environment` ("NAME=text"
  // each); waits for its READY line. Unavailable, with what it printed, where it ends or closes
  // stdout before that.
  static absl::StatusOr<ServerProcess> Start(const std::string& program,
                                             const std::vector<std::string>& arguments,
                                             const std::vector<std::string>& environment = {});

  const std::string& address() const { return address_; }            // HOST:PORT
  const std::string& metrics() const { return metrics_; }            // its metrics' HOST:PORT
  absl::Duration start_to_ready() const { return start_to_ready_; }  // fork to READY read
  // Resident set size from /proc, in MiB; 0 where it cannot be read.
  double ResidentMiB() const;
  // CPU time used so far, user and system.
  absl::Duration CpuTime() const;

 private:
  ServerProcess(testing::ChildProcess child, absl::Duration start_to_ready);

  testing::ChildProcess child_;
  std::string address_, metrics_;
  absl::Duration start_to_ready_;
};

}  // namespace aifx::bench

#endif  // AIFX_TESTS_BENCH_SERVER_PROCESS_H_
