#include "client/outbox/folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/base/files.h"
#include "core/base/status_macros.h"

namespace aifx::outbox {
namespace {

absl::Status Errno(absl::string_view action, const std::string& path) {
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot ", action, " ", path));
}

absl::Status CreateFolder(const std::string& path) {
  const std::filesystem::path parent =
      std::filesystem::absolute(std::filesystem::path(path) / ".").parent_path().parent_path();
  std::error_code error;
  std::filesystem::create_directories(parent, error);
  if (::mkdir(path.c_str(), 0700) == 0) return base::SyncPath(parent.string());
  return errno == EEXIST ? absl::OkStatus() : Errno("create the outbox's folder", path);
}

// A volume may belong to another user whose group we are in.
void RestrictFolder(const std::string& path, base::Logger& logger) {
  struct stat info;
  if (::stat(path.c_str(), &info) == 0 && (info.st_mode & 0777) == 0700) return;
  if (::chmod(path.c_str(), 0700) != 0) {
    logger.Warning("the outbox's folder cannot be restricted to mode 0700: others may read it",
                   {{"folder", path}});
  }
}

absl::Status InUse(const std::string& path) {
  absl::StatusOr<std::string> holder = base::ReadFile(path + "/outbox.lock", 64);
  const std::string pid =
      holder.ok() ? std::string(absl::StripAsciiWhitespace(*holder)) : std::string();
  return absl::FailedPreconditionError(
      absl::StrCat("the outbox ", path, " is in use by process ", pid.empty() ? "(unknown)" : pid,
                   ": stop it, or give each engine a folder of its own"));
}

// For messages alone; the lock is flock's.
absl::Status WriteProcessId(int fd, const std::string& path) {
  const std::string pid = absl::StrCat(::getpid(), "\n");
  if (::ftruncate(fd, 0) != 0 ||
      ::pwrite(fd, pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size())) {
    // A full disk must not keep the engine from what is in the outbox.
    if (errno != ENOSPC) return Errno("write", path);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Folder> Folder::Lock(const std::string& path, bool create, base::Logger& logger) {
  if (path.empty()) return absl::InvalidArgumentError("the outbox's folder has no name");
  if (create) {
    AIFX_RETURN_IF_ERROR(CreateFolder(path));
    RestrictFolder(path, logger);
  } else if (::access((path + "/outbox.db").c_str(), F_OK) != 0) {
    return absl::NotFoundError(absl::StrCat("there is no outbox in ", path));
  }
  const std::string lock_path = path + "/outbox.lock";
  const int fd = ::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return Errno("open", lock_path);
  auto close_file = absl::MakeCleanup([fd] { ::close(fd); });
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    return errno == EWOULDBLOCK ? InUse(path) : Errno("lock", lock_path);
  }
  AIFX_RETURN_IF_ERROR(WriteProcessId(fd, lock_path));
  std::move(close_file).Cancel();
  return Folder(path, fd);
}

Folder::Folder(Folder&& other) noexcept
    : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {}

Folder::~Folder() {
  if (lock_ >= 0) ::close(lock_);
}

absl::Status Folder::CreateDatabaseFile() const {
  const int fd = ::open(database().c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return Errno("create", database());
  ::close(fd);
  return base::SyncPath(path_);
}

absl::StatusOr<std::string> Folder::PutAside(absl::Time now) const {
  const std::string stamp = absl::FormatTime("%Y%m%dT%H%M%SZ", now, absl::UTCTimeZone());
  std::string aside = absl::StrCat(database(), ".corrupt-", stamp);
  // Two in one second must not replace each other.
  for (int i = 2; ::access(aside.c_str(), F_OK) == 0; ++i) {
    aside = absl::StrCat(database(), ".corrupt-", stamp, "-", i);
  }
  // The WAL first: a database left behind alone is found damaged again, a WAL would be applied to
  // the new file.
  const std::string wal = database() + "-wal";
  if (::rename(wal.c_str(), (aside + "-wal").c_str()) != 0 && errno != ENOENT) {
    return Errno("put aside", wal);
  }
  if (::rename(database().c_str(), aside.c_str()) != 0) return Errno("put aside", database());
  AIFX_RETURN_IF_ERROR(base::SyncPath(path_));
  return aside;
}

}  // namespace aifx::outbox
