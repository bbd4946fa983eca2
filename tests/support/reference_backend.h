#ifndef AIFX_TESTS_SUPPORT_REFERENCE_BACKEND_H_
#define AIFX_TESTS_SUPPORT_REFERENCE_BACKEND_H_

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"

extern char** environ;

namespace aifx::testing {

// The reference backend (tests/backend) as a process of its own with a database in memory, on a
// free loopback port; stopped when destroyed. Needs node and `npm ci` in tests/backend; the working
// directory is the repository's root.
class ReferenceBackend {
 public:
  static constexpr char kKey[] = "key-of-the-integration-test";

  // Blocks until it serves.
  explicit ReferenceBackend(std::vector<std::string> options) {
    options.insert(options.begin(), {"node", "tests/backend/server.js", "--api-key", kKey});
    std::vector<char*> arguments;
    for (std::string& option : options) arguments.push_back(option.data());
    arguments.push_back(nullptr);
    int output[2];
    if (pipe2(output, O_CLOEXEC) != 0) return;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
    if (posix_spawnp(&process_, "node", &actions, nullptr, arguments.data(), environ) != 0) {
      process_ = -1;
    }
    posix_spawn_file_actions_destroy(&actions);
    close(output[1]);
    output_ = output[0];
    std::string line;
    for (char c = 0; read(output_, &c, 1) == 1 && c != '\n';) line.push_back(c);
    const std::string ready = "READY ";
    if (line.rfind(ready, 0) == 0) url_ = line.substr(ready.size());
  }
  ~ReferenceBackend() {
    Stop();
    if (output_ >= 0) close(output_);
  }
  ReferenceBackend(const ReferenceBackend&) = delete;
  ReferenceBackend& operator=(const ReferenceBackend&) = delete;

  // Empty where it did not start.
  const std::string& url() const { return url_; }

  void Stop() {
    if (process_ <= 0) return;
    kill(process_, SIGTERM);
    waitpid(process_, nullptr, 0);
    process_ = -1;
  }

 private:
  pid_t process_ = -1;
  int output_ = -1;
  std::string url_;
};

}  // namespace aifx::testing

#endif  // AIFX_TESTS_SUPPORT_REFERENCE_BACKEND_H_
