#include "tests/support/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace aifx::testing {
namespace {

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

// The child's side of fork: only what is safe between fork and exec in a program with threads.
[[noreturn]] void Execute(char* const* argv, int stdout_fd, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);  // it ended before the line above
  ::dup2(stdout_fd, STDOUT_FILENO);
  ::execvp(argv[0], argv);
  ::_exit(127);
}

}  // namespace

absl::StatusOr<ChildProcess> ChildProcess::Start(const std::vector<std::string>& command,
                                                 absl::string_view ready_text) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return absl::ErrnoToStatus(errno, "cannot make a pipe");
  std::vector<char*> argv;
  for (const std::string& argument : command) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) {
    const int error = errno;
    ::close(ends[0]);
    ::close(ends[1]);
    return absl::ErrnoToStatus(error, "cannot fork");
  }
  if (pid == 0) Execute(argv.data(), ends[1], parent);
  ::close(ends[1]);
  ChildProcess child(pid, ends[0]);
  std::string line;
  std::string seen;
  while (ReadLine(child.stdout_fd_, line)) {
    if (const size_t found = line.find(ready_text.data(), 0, ready_text.size());
        found != std::string::npos) {
      child.ready_ = line.substr(found + ready_text.size());
      return child;
    }
    absl::StrAppend(&seen, line, "\n");
  }
  return absl::UnavailableError(
      absl::StrCat(command[0], " ended without ", ready_text, "; it printed:\n", seen));
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)),
      stdout_fd_(std::exchange(other.stdout_fd_, -1)),
      ready_(std::move(other.ready_)) {}

ChildProcess::~ChildProcess() {
  Stop();
  if (stdout_fd_ >= 0) ::close(stdout_fd_);
}

void ChildProcess::Stop() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGTERM);
  ::waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

}  // namespace aifx::testing
