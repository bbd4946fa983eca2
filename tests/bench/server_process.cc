#include "tests/bench/server_process.h"

#include <unistd.h>

#include <fstream>
#include <iterator>
#include <sstream>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"

namespace aifx::bench {

absl::StatusOr<ServerProcess> ServerProcess::Start(const std::string& program,
                                                   const std::vector<std::string>& arguments,
                                                   const std::vector<std::string>& environment) {
  // By the environment, so that a server of an earlier version may be measured too.
  std::vector<std::string> command = {"env", "AIFX_METRICS_LISTEN=127.0.0.1:0"};
  command.insert(command.end(), environment.begin(), environment.end());
  command.push_back(program);
  command.insert(command.end(), arguments.begin(), arguments.end());
  const absl::Time start = absl::Now();
  auto child = testing::ChildProcess::Start(command, "READY grpc=");
  if (!child.ok()) return child.status();
  return ServerProcess(*std::move(child), absl::Now() - start);
}

ServerProcess::ServerProcess(testing::ChildProcess child, absl::Duration start_to_ready)
    : child_(std::move(child)), start_to_ready_(start_to_ready) {
  // "HOST:PORT metrics=HOST:PORT"; a server of an earlier version has the first alone.
  const std::vector<std::string> words = absl::StrSplit(child_.ready(), ' ');
  address_ = words.front();
  for (absl::string_view word : words) {
    if (absl::ConsumePrefix(&word, "metrics=")) metrics_ = std::string(word);
  }
}

double ServerProcess::ResidentMiB() const {
  std::ifstream status(absl::StrCat("/proc/", child_.pid(), "/status"));
  std::string line;
  while (std::getline(status, line)) {
    absl::string_view rest = line;
    if (!absl::ConsumePrefix(&rest, "VmRSS:")) continue;
    double kib = 0;
    std::istringstream(std::string(rest)) >> kib;
    return kib / 1024;
  }
  return 0;
}

absl::Duration ServerProcess::CpuTime() const {
  std::ifstream file(absl::StrCat("/proc/", child_.pid(), "/stat"));
  std::string content((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  // Fields 14 and 15 are user and system ticks; counting starts after the name in parentheses.
  const size_t name_end = content.rfind(')');
  if (name_end == std::string::npos) return absl::ZeroDuration();
  const std::vector<std::string> fields = absl::StrSplit(content.substr(name_end + 2), ' ');
  int64_t user = 0, system = 0;
  if (fields.size() < 13 || !absl::SimpleAtoi(fields[11], &user) ||
      !absl::SimpleAtoi(fields[12], &system)) {
    return absl::ZeroDuration();
  }
  return absl::Seconds(1) * (user + system) / ::sysconf(_SC_CLK_TCK);
}

}  // namespace aifx::bench
