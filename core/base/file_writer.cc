#include "core/base/file_writer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"

namespace aifx::base {
namespace {

constexpr size_t kBufferSize = size_t{1} << 18;
// After so many bytes the disk is told to begin, so that Close does not wait for all of a long
// file.
constexpr uint64_t kWritebackBytes = uint64_t{1} << 24;

absl::Status Errno(absl::string_view action, const std::string& path) {
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot ", action, " ", path));
}

}  // namespace

absl::StatusOr<std::unique_ptr<FileWriter>> FileWriter::Create(const std::string& path) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return Errno("create", path);
  struct stat info, entry;
  const bool regular = ::fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
  const bool removable = regular && ::lstat(path.c_str(), &entry) == 0 && S_ISREG(entry.st_mode);
  return std::unique_ptr<FileWriter>(new FileWriter(path, fd, regular, removable));
}

FileWriter::FileWriter(std::string path, int fd, bool regular, bool removable)
    : path_(std::move(path)), regular_(regular), removable_(removable), fd_(fd) {
  buffer_.reserve(kBufferSize);
}

FileWriter::~FileWriter() {
  if (fd_ >= 0) ::close(fd_);
  if (!complete_ && removable_) ::unlink(path_.c_str());
}

absl::Status FileWriter::Append(absl::string_view bytes) {
  size_ += bytes.size();
  if (buffer_.size() + bytes.size() > kBufferSize) AIFX_RETURN_IF_ERROR(Flush());
  if (bytes.size() < kBufferSize) {
    buffer_.append(bytes.data(), bytes.size());
    return status_;
  }
  AIFX_RETURN_IF_ERROR(WriteAt(flushed_, bytes));
  flushed_ += bytes.size();
  if (flushed_ - started_ >= kWritebackBytes) StartWriteback();
  return absl::OkStatus();
}

absl::Status FileWriter::Overwrite(uint64_t offset, absl::string_view bytes) {
  if (!regular_) {
    return status_ = absl::FailedPreconditionError(
               absl::StrCat("cannot go back in ", path_, ", which is no regular file"));
  }
  AIFX_RETURN_IF_ERROR(Flush());
  return WriteAt(offset, bytes);
}

absl::Status FileWriter::StartSync() {
  AIFX_RETURN_IF_ERROR(Flush());
  std::string().swap(buffer_);
  StartWriteback();
  return absl::OkStatus();
}

absl::Status FileWriter::Close() {
  AIFX_RETURN_IF_ERROR(Flush());
  if (regular_ && ::fsync(fd_) != 0) return status_ = Errno("sync", path_);
  const int result = ::close(std::exchange(fd_, -1));
  if (result != 0) return status_ = Errno("close", path_);
  complete_ = true;
  return absl::OkStatus();
}

absl::Status FileWriter::Flush() {
  AIFX_RETURN_IF_ERROR(WriteAt(flushed_, buffer_));
  flushed_ += buffer_.size();
  buffer_.clear();
  if (flushed_ - started_ >= kWritebackBytes) StartWriteback();
  return absl::OkStatus();
}

// A hint: what goes wrong in it is told by the sync of Close.
void FileWriter::StartWriteback() {
  ::sync_file_range(fd_, static_cast<off_t>(started_), static_cast<off_t>(flushed_ - started_),
                    SYNC_FILE_RANGE_WRITE);
  started_ = flushed_;
}

absl::Status FileWriter::WriteAt(uint64_t offset, absl::string_view bytes) {
  if (!status_.ok()) return status_;
  while (!bytes.empty()) {
    const ssize_t written =
        regular_ ? ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset))
                 : ::write(fd_, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return status_ = Errno("write", path_);
    }
    offset += static_cast<uint64_t>(written);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

}  // namespace aifx::base
