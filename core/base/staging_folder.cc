#include "core/base/staging_folder.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/files.h"
#include "core/base/replace_folder.h"
#include "core/base/status_macros.h"

namespace aifx::base {
namespace {

namespace fs = std::filesystem;

absl::Status Errno(absl::string_view action, const std::string& path) {
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot ", action, " ", path));
}

std::string FolderOf(const std::string& path) {
  const std::string folder = fs::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

void Remove(const std::string& path) {
  std::error_code ignored;
  fs::remove_all(path, ignored);
}

bool IsMissing(const std::string& path) {
  std::error_code error;
  return fs::symlink_status(path, error).type() == fs::file_type::not_found;
}

// Removes folders of that prefix whose makers are gone: their locks went with them. An old folder
// that its maker put away and did not replace any more is moved back to `target` instead.
void RemoveAbandoned(const std::string& folder, const std::string& prefix,
                     const std::string& target) {
  std::error_code error;
  std::vector<std::string> found;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    if (absl::StartsWith(entry.path().filename().string(), prefix)) found.push_back(entry.path());
  }
  for (const std::string& path : found) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) continue;
    if (::flock(fd, LOCK_EX | LOCK_NB) == 0) {
      const bool wanted = absl::EndsWith(path, kReplacedSuffix) && IsMissing(target);
      if (!wanted) Remove(path);
      // Where it fails the folder stays, for the next one to try.
      if (wanted) (void)::rename(path.c_str(), target.c_str());
    }
    ::close(fd);
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<StagingFolder>> StagingFolder::Create(const std::string& target) {
  const std::string folder = FolderOf(target);
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    return absl::ErrnoToStatus(error.value(), absl::StrCat("cannot create ", folder));
  }
  const std::string prefix = absl::StrCat(".", fs::path(target).filename().string(), ".aside.");
  RemoveAbandoned(folder, prefix, target);
  std::string path = absl::StrCat(folder, "/", prefix, "XXXXXX");
  if (::mkdtemp(path.data()) == nullptr) return Errno("create", path);
  const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return Errno("open", path);
  std::unique_ptr<StagingFolder> staging(new StagingFolder(target, path, fd));
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) return Errno("lock", path);
  if (::fchmod(fd, 0755) != 0) return Errno("set permissions of", path);
  return staging;
}

StagingFolder::StagingFolder(std::string target, std::string path, int fd)
    : target_(std::move(target)), path_(std::move(path)), fd_(fd) {}

StagingFolder::~StagingFolder() {
  Remove(path_);
  ::close(fd_);
}

absl::Status StagingFolder::Publish() {
  AIFX_RETURN_IF_ERROR(SyncPath(path_));
  if (::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, target_.c_str(), RENAME_EXCHANGE) != 0) {
    AIFX_RETURN_IF_ERROR(ReplaceFolder(path_, target_));
  }
  return SyncPath(FolderOf(target_));
}

absl::Status StagingFolder::PublishFiles(const std::vector<std::string>& names) {
  const std::string folder = FolderOf(target_);
  for (const std::string& name : names) {
    const std::string to = absl::StrCat(folder, "/", name);
    if (::rename(absl::StrCat(path_, "/", name).c_str(), to.c_str()) != 0) {
      return Errno("replace", to);
    }
  }
  return SyncPath(folder);
}

}  // namespace aifx::base
