#include "tests/support/redis_server.h"

#include "absl/strings/str_cat.h"

namespace aifx::testing {

absl::StatusOr<ChildProcess> StartRedisServer(int port, const std::string& folder,
                                              const std::vector<std::string>& more) {
  std::vector<std::string> command = {
      "redis-server", "--bind", "127.0.0.1", "--port", absl::StrCat(port),
      "--save",       "",       "--dir",     folder};
  command.insert(command.end(), more.begin(), more.end());
  return ChildProcess::Start(command, "Ready to accept connections");
}

}  // namespace aifx::testing
