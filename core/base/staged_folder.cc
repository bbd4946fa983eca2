#include "core/base/staged_folder.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "core/base/files.h"
#include "core/base/status_macros.h"

namespace aifx::base {
namespace {

namespace fs = std::filesystem;

absl::Status Errno(absl::string_view action, const std::string& path) {
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot ", action, " ", path));
}

absl::Status Failure(absl::string_view action, const std::string& path,
                     const std::error_code& error) {
  return absl::ErrnoToStatus(error.value(), absl::StrCat("cannot ", action, " ", path));
}

absl::Status RemoveAll(const std::string& path) {
  std::error_code error;
  fs::remove_all(path, error);
  return error ? Failure("remove", path, error) : absl::OkStatus();
}

absl::Status RemoveContent(const std::string& folder) {
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    AIFX_RETURN_IF_ERROR(RemoveAll(entry->path().string()));
  }
  return error ? Failure("read", folder, error) : absl::OkStatus();
}

absl::Status CheckTarget(const std::string& target, const std::string& marker) {
  std::error_code error;
  if (!fs::exists(fs::symlink_status(target, error))) return absl::OkStatus();
  if (fs::is_regular_file(target + "/" + marker, error)) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(target, " exists and holds no ", marker,
                   ", so it is not replaced: remove it or choose another folder"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<StagedFolder>> StagedFolder::Create(const std::string& target,
                                                                   const std::string& marker) {
  const fs::path path(target);
  const std::string parent = path.has_parent_path() ? path.parent_path().string() : ".";
  AIFX_RETURN_IF_ERROR(CheckTarget(target, marker));
  std::error_code error;
  fs::create_directories(parent, error);
  if (error) return Failure("create", parent, error);
  std::unique_ptr<StagedFolder> folder(
      new StagedFolder(target, absl::StrCat(parent, "/.", path.filename().string(), ".partial")));
  AIFX_RETURN_IF_ERROR(folder->Lock());
  AIFX_RETURN_IF_ERROR(RemoveContent(folder->path_));
  return folder;
}

// The lock lies on the folder itself, so it goes with a process that is killed.
absl::Status StagedFolder::Lock() {
  if (::mkdir(path_.c_str(), 0755) != 0 && errno != EEXIST) return Errno("create", path_);
  const int fd = ::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return Errno("open", path_);
  struct stat opened, now;
  const bool locked = ::flock(fd, LOCK_EX | LOCK_NB) == 0;
  // Whoever held it may have put it in its place since it was opened.
  if (locked && ::fstat(fd, &opened) == 0 && ::stat(path_.c_str(), &now) == 0 &&
      opened.st_ino == now.st_ino) {
    fd_ = fd;
    return absl::OkStatus();
  }
  ::close(fd);
  return absl::FailedPreconditionError(
      absl::StrCat("another process is writing ", target_, " now: wait for it"));
}

StagedFolder::~StagedFolder() {
  if (fd_ < 0) return;
  if (!committed_) RemoveAll(path_).IgnoreError();
  ::close(fd_);
}

absl::Status StagedFolder::Exchange() {
  std::error_code error;
  if (!fs::exists(target_, error)) {
    return ::rename(path_.c_str(), target_.c_str()) == 0 ? absl::OkStatus()
                                                         : Errno("create", target_);
  }
  if (::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, target_.c_str(), RENAME_EXCHANGE) == 0) {
    return RemoveAll(path_);
  }
  if (errno != EINVAL && errno != ENOSYS) return Errno("replace", target_);
  const std::string old = absl::StrCat(path_, ".old");
  AIFX_RETURN_IF_ERROR(RemoveAll(old));
  if (::rename(target_.c_str(), old.c_str()) != 0 ||
      ::rename(path_.c_str(), target_.c_str()) != 0) {
    return Errno("replace", target_);
  }
  return RemoveAll(old);
}

absl::Status StagedFolder::Commit() {
  if (::fsync(fd_) != 0) return Errno("sync", path_);
  AIFX_RETURN_IF_ERROR(Exchange());
  committed_ = true;
  return SyncPath(fs::path(path_).parent_path().string());
}

}  // namespace aifx::base
