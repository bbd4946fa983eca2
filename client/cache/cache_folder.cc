#include "client/cache/cache_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/sha256.h"

namespace aifx::cache {
namespace {

namespace fs = std::filesystem;

constexpr char kSuffix[] = ".candles";

}  // namespace

std::string DefaultCacheFolder(const std::function<std::string(const std::string&)>& environment) {
  std::string base = environment("XDG_CACHE_HOME");
  if (!absl::StartsWith(base, "/")) {
    const std::string home = environment("HOME");
    if (home.empty()) return "";
    base = absl::StrCat(home, "/.cache");
  }
  return absl::StrCat(base, "/aifx/candles");
}

std::string SeriesKey(const std::string& backend_url, const market::CurrencyPair& pair,
                      market::Timeframe timeframe) {
  return absl::StrCat(backend_url, "\n", pair.ToString(), "\n", market::TimeframeName(timeframe));
}

std::string SeriesFileName(const std::string& key, const market::CurrencyPair& pair,
                           market::Timeframe timeframe) {
  return absl::StrCat(pair.base(), pair.quote(), "_", market::TimeframeName(timeframe), "_",
                      base::Sha256Hex(key).substr(0, 16), kSuffix);
}

absl::Status MakeFolder(const std::string& folder) {
  std::error_code error;
  if (fs::is_directory(folder, error)) return absl::OkStatus();
  // With a slash at its end the folder would be its own parent, and made for everyone.
  const std::string above =
      fs::path(folder.substr(0, folder.find_last_not_of('/') + 1)).parent_path().string();
  if (!above.empty()) fs::create_directories(above, error);
  if (::mkdir(folder.c_str(), 0700) != 0 && (errno != EEXIST || !fs::is_directory(folder, error))) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot make ", folder));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<FileLock>> FileLock::Try(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return absl::ErrnoToStatus(errno, absl::StrCat("cannot open ", path));
  FileLock lock(fd);
  if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return std::optional<FileLock>(std::move(lock));
  if (errno == EWOULDBLOCK) return std::optional<FileLock>();
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot lock ", path));
}

FileLock::FileLock(FileLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

FileLock::~FileLock() {
  if (fd_ >= 0) ::close(fd_);  // which unlocks
}

void MarkUsed(const std::string& path) {
  // Where that fails the file merely looks older than it is.
  static_cast<void>(::utimensat(AT_FDCWD, path.c_str(), nullptr, AT_SYMLINK_NOFOLLOW));
}

int Evict(const std::string& folder, uint64_t max_bytes, const std::string& keep) {
  struct Found {
    fs::file_time_type used;
    uint64_t bytes;
    fs::path path;
  };
  std::vector<Found> files;
  uint64_t total = 0;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().extension() != kSuffix) continue;
    std::error_code gone;
    const uint64_t bytes = entry->file_size(gone);
    const fs::file_time_type used = entry->last_write_time(gone);
    if (gone) continue;
    total += bytes;
    if (entry->path() != fs::path(keep)) files.push_back({used, bytes, entry->path()});
  }
  std::sort(files.begin(), files.end(),
            [](const Found& a, const Found& b) { return a.used < b.used; });
  int removed = 0;
  for (const Found& file : files) {
    if (total <= max_bytes) break;
    if (fs::remove(file.path, error)) ++removed;
    total -= file.bytes;
  }
  return removed;
}

}  // namespace aifx::cache
