#include "core/base/replace_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"

namespace aifx::base {
namespace {

absl::Status Errno(int error, absl::string_view action, const std::string& path) {
  return absl::ErrnoToStatus(error, absl::StrCat("cannot ", action, " ", path));
}

}  // namespace

absl::Status ReplaceFolder(const std::string& from, const std::string& target) {
  const std::string replaced = absl::StrCat(from, kReplacedSuffix);
  const int old = ::open(target.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const absl::Cleanup unlock = [old] {
    if (old >= 0) ::close(old);
  };
  // Where another has it locked, that one is at work on it, and it is safe as well.
  if (old >= 0) (void)::flock(old, LOCK_EX | LOCK_NB);
  const bool exists = ::rename(target.c_str(), replaced.c_str()) == 0;
  if (!exists && errno != ENOENT) return Errno(errno, "move", target);
  if (::rename(from.c_str(), target.c_str()) != 0) {
    const int error = errno;
    if (exists && ::rename(replaced.c_str(), target.c_str()) != 0) {
      return Errno(error, "replace", absl::StrCat(target, ", which is now at ", replaced));
    }
    return Errno(error, "replace", target);
  }
  std::error_code ignored;
  if (exists) std::filesystem::remove_all(replaced, ignored);
  return absl::OkStatus();
}

}  // namespace aifx::base
