#ifndef AIFX_TESTS_SUPPORT_CHILD_PROCESS_H_
#define AIFX_TESTS_SUPPORT_CHILD_PROCESS_H_

#include <sys/types.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace aifx::testing {

// A program that says on its stdout when it is ready. It ends with this object, and is killed when
// the thread that started it ends without that: a killed test leaves nothing behind.
// Thread-compatible.
class ChildProcess {
 public:
  // Starts command[0] (searched for in PATH where it names no folder) with the rest as arguments,
  // and blocks until a line of its stdout holds `ready_text`. Unavailable, with what it printed,
  // where it ends or closes stdout before that. stderr is the caller's.
  // REQUIRES: `command` is not empty.
  static absl::StatusOr<ChildProcess> Start(const std::vector<std::string>& command,
                                            absl::string_view ready_text);
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  ~ChildProcess();

  pid_t pid() const { return pid_; }  // 0 after Stop
  // What followed that text in the line that said it was ready.
  const std::string& ready() const { return ready_; }

  // SIGTERM, then waits for its end. Does nothing where it was stopped already.
  void Stop();

 private:
  ChildProcess(pid_t pid, int stdout_fd) : pid_(pid), stdout_fd_(stdout_fd) {}

  pid_t pid_;
  int stdout_fd_;
  std::string ready_;
};

}  // namespace aifx::testing

#endif  // AIFX_TESTS_SUPPORT_CHILD_PROCESS_H_
