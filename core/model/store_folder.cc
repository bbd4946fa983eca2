#include "core/model/store_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "core/base/files.h"
#include "core/base/status_macros.h"
#include "core/base/violation.h"

namespace aifx::model {
namespace {

constexpr absl::Duration kLockPoll = absl::Milliseconds(20);
constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;

absl::Status Errno(absl::string_view action, const std::string& path) {
  const int error = errno;
  if (error == ELOOP || error == ENOTDIR) {
    return absl::FailedPreconditionError(
        absl::StrCat("cannot ", action, " ", path, ": it is a symbolic link or no folder"));
  }
  return absl::ErrnoToStatus(error, absl::StrCat("cannot ", action, " ", path));
}

absl::Status WriteAndSync(int fd, const std::string& path, absl::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return Errno("write", path);
    }
    content.remove_prefix(static_cast<size_t>(written));
  }
  return ::fsync(fd) == 0 ? absl::OkStatus() : Errno("sync", path);
}

}  // namespace

absl::StatusOr<StoreFolder> StoreFolder::OpenRoot(const std::string& path) {
  const int fd = ::open(path.c_str(), kFolderFlags);
  if (fd < 0) return Errno("open", path);
  return StoreFolder(fd, path);
}

StoreFolder::StoreFolder(StoreFolder&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)) {}

StoreFolder& StoreFolder::operator=(StoreFolder&& other) noexcept {
  std::swap(fd_, other.fd_);
  path_.swap(other.path_);
  return *this;
}

StoreFolder::~StoreFolder() {
  if (fd_ >= 0) ::close(fd_);
}

absl::StatusOr<StoreFolder> StoreFolder::Open(const std::string& name) const {
  std::string path = absl::StrCat(path_, "/", name);
  const int fd = ::openat(fd_, name.c_str(), kFolderFlags | O_NOFOLLOW);
  if (fd < 0) return Errno("open", path);
  return StoreFolder(fd, std::move(path));
}

absl::StatusOr<StoreFolder> StoreFolder::OpenOrCreate(const std::string& name) const {
  if (::mkdirat(fd_, name.c_str(), 0755) == 0) {
    AIFX_RETURN_IF_ERROR(Sync());
  } else if (errno != EEXIST) {
    return Errno("create", absl::StrCat(path_, "/", name));
  }
  return Open(name);
}

absl::StatusOr<std::vector<std::string>> StoreFolder::List() const {
  const int copy = ::openat(fd_, ".", kFolderFlags);  // closedir() closes what it reads from
  DIR* const folder = copy < 0 ? nullptr : ::fdopendir(copy);
  if (folder == nullptr) {
    absl::Status status = Errno("list", path_);
    if (copy >= 0) ::close(copy);
    return status;
  }
  const auto close_folder = absl::MakeCleanup([folder] { ::closedir(folder); });
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(folder)) {
    const absl::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  if (errno != 0) return Errno("list", path_);
  return names;
}

bool StoreFolder::HasRegularFile(const std::string& name) const {
  struct stat info;
  return ::fstatat(fd_, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(info.st_mode);
}

absl::StatusOr<std::string> StoreFolder::Read(const std::string& name, size_t max_bytes) const {
  const std::string path = absl::StrCat(path_, "/", name);
  // O_NONBLOCK: a pipe put in a file's place must not hang the reader.
  const int fd = ::openat(fd_, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return Errno("open", path);
  const auto close_file = absl::MakeCleanup([fd] { ::close(fd); });
  struct stat info;
  if (::fstat(fd, &info) != 0) return Errno("inspect", path);
  if (!S_ISREG(info.st_mode)) {
    return absl::FailedPreconditionError(absl::StrCat(path, " is not a regular file"));
  }
  return base::ReadDescriptor(fd, path, max_bytes);
}

absl::Status StoreFolder::Create(const std::string& name, absl::string_view content) const {
  const std::string path = absl::StrCat(path_, "/", name);
  const int fd =
      ::openat(fd_, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
  if (fd < 0) return Errno("create", path);
  absl::Status status = WriteAndSync(fd, path, content);
  if (::close(fd) != 0 && status.ok()) status = Errno("close", path);
  if (!status.ok()) ::unlinkat(fd_, name.c_str(), 0);
  return status;
}

absl::Status StoreFolder::Replace(const std::string& name, absl::string_view content) const {
  const std::string aside = absl::StrCat(".new-", name);
  ::unlinkat(fd_, aside.c_str(), 0);  // left by a writer that died
  AIFX_RETURN_IF_ERROR(Create(aside, content));
  if (::renameat(fd_, aside.c_str(), fd_, name.c_str()) != 0) {
    absl::Status status = Errno("replace", absl::StrCat(path_, "/", name));
    ::unlinkat(fd_, aside.c_str(), 0);
    return status;
  }
  return Sync();
}

absl::Status StoreFolder::Rename(const std::string& from, const std::string& to) const {
  if (::renameat2(fd_, from.c_str(), fd_, to.c_str(), RENAME_NOREPLACE) != 0) {
    return Errno("create", absl::StrCat(path_, "/", to));
  }
  return Sync();
}

absl::Status StoreFolder::Sync() const {
  return ::fsync(fd_) == 0 ? absl::OkStatus() : Errno("sync", path_);
}

void StoreFolder::RemoveFolder(const std::string& name) const {
  if (const auto folder = Open(name); folder.ok()) {
    if (const auto entries = folder->List(); entries.ok()) {
      for (const std::string& entry : *entries) ::unlinkat(folder->fd_, entry.c_str(), 0);
    }
  }
  ::unlinkat(fd_, name.c_str(), AT_REMOVEDIR);
}

absl::Status StoreFolder::LockForWriting(absl::Duration patience) const {
  // Not flock's own wait, which has no end: a stopped process would hold up whoever comes next.
  for (absl::Duration waited; ::flock(fd_, LOCK_EX | LOCK_NB) != 0;) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) return Errno("lock", path_);
    if (waited >= patience) {
      return base::WithReason(
          absl::AbortedError(absl::StrCat(path_, " is locked by another process for more than ",
                                          absl::FormatDuration(patience),
                                          ": see which by `fuser -v`, then try again")),
          "MODEL_LOCKED");
    }
    absl::SleepFor(kLockPoll);
    waited += kLockPoll;
  }
  return absl::OkStatus();
}

}  // namespace aifx::model
