#ifndef AIFX_TESTS_SUPPORT_REFERENCE_BACKEND_H_
#define AIFX_TESTS_SUPPORT_REFERENCE_BACKEND_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/support/child_process.h"

namespace aifx::testing {

// The reference backend (tests/backend) as a process of its own with a database in memory, on a
// free loopback port; stopped when destroyed. Needs node and `npm ci` in tests/backend; the working
// directory is the repository's root.
class ReferenceBackend {
 public:
  static constexpr char kKey[] = "key-of-the-integration-test";

  // Blocks until it serves.
  explicit ReferenceBackend(const std::vector<std::string>& options)
      : process_(ChildProcess::Start(Command(options), "READY ")),
        url_(process_.ok() ? process_->ready() : "") {}

  // Empty where it did not start.
  const std::string& url() const { return url_; }

  void Stop() {
    if (process_.ok()) process_->Stop();
  }

 private:
  static std::vector<std::string> Command(const std::vector<std::string>& options) {
    std::vector<std::string> command = {"node", "tests/backend/server.js", "--api-key", kKey};
    command.insert(command.end(), options.begin(), options.end());
    return command;
  }

  absl::StatusOr<ChildProcess> process_;
  const std::string url_;
};

}  // namespace aifx::testing

#endif  // AIFX_TESTS_SUPPORT_REFERENCE_BACKEND_H_
