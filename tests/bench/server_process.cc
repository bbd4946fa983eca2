#include "tests/bench/server_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"

namespace aifx::bench {
namespace {

constexpr char kReadyPrefix[] = "READY grpc=";

// Reads one line at a time from a pipe; false at its end.
bool ReadLine(int fd, std::string& line) {
  line.clear();
  char character = 0;
  while (::read(fd, &character, 1) == 1) {
    if (character == '\n') return true;
    line.push_back(character);
  }
  return false;
}

}  // namespace

absl::StatusOr<ServerProcess> ServerProcess::Start(const std::string& program,
                                                   const std::vector<std::string>& arguments) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return absl::ErrnoToStatus(errno, "cannot make a pipe");
  std::vector<char*> argv = {const_cast<char*>(program.c_str())};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const absl::Time start = absl::Now();
  const pid_t pid = ::fork();
  if (pid < 0) return absl::ErrnoToStatus(errno, "cannot fork");
  if (pid == 0) {
    ::dup2(ends[1], STDOUT_FILENO);
    ::execv(program.c_str(), argv.data());
    ::_exit(127);
  }
  ::close(ends[1]);
  ServerProcess server(pid, ends[0]);
  std::string line;
  std::string seen;
  while (ReadLine(server.stdout_fd_, line)) {
    absl::string_view rest = line;
    if (absl::ConsumePrefix(&rest, kReadyPrefix)) {
      server.start_to_ready_ = absl::Now() - start;
      server.address_ = std::string(*absl::StrSplit(rest, ' ').begin());
      return server;
    }
    absl::StrAppend(&seen, line, "\n");
  }
  return absl::UnavailableError(absl::StrCat(program, " ended without READY; it printed:\n", seen));
}

ServerProcess::ServerProcess(ServerProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)),
      stdout_fd_(std::exchange(other.stdout_fd_, -1)),
      address_(std::move(other.address_)),
      start_to_ready_(other.start_to_ready_) {}

ServerProcess::~ServerProcess() {
  if (pid_ > 0) {
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
  }
  if (stdout_fd_ >= 0) ::close(stdout_fd_);
}

double ServerProcess::ResidentMiB() const {
  std::ifstream status(absl::StrCat("/proc/", pid_, "/status"));
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
  std::ifstream file(absl::StrCat("/proc/", pid_, "/stat"));
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
