#include "client/cache/candle_file_writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/files.h"
#include "core/base/status_macros.h"

namespace aifx::cache {
namespace {

absl::Status Errno(absl::string_view action, const std::string& path) {
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot ", action, " ", path));
}

std::string Aside(const std::string& path) { return absl::StrCat(path, ".new"); }

}  // namespace

CandleFileWriter::CandleFileWriter(std::string path, std::string key, uint64_t max_bytes, int fd)
    : path_(std::move(path)), aside_(Aside(path_)), max_bytes_(max_bytes), fd_(fd) {
  header_.key = std::move(key);
}

absl::StatusOr<std::unique_ptr<CandleFileWriter>> CandleFileWriter::Create(const std::string& path,
                                                                           const std::string& key,
                                                                           uint64_t max_bytes) {
  if (key.size() > kMaxKeyBytes) {
    return absl::InvalidArgumentError(absl::StrCat("the candle cache's key has ", key.size(),
                                                   " bytes, more than ", kMaxKeyBytes));
  }
  // The lock is ours: what is there was left by a writer that died.
  ::unlink(Aside(path).c_str());
  const int fd =
      ::open(Aside(path).c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return Errno("create", Aside(path));
  return std::unique_ptr<CandleFileWriter>(new CandleFileWriter(path, key, max_bytes, fd));
}

CandleFileWriter::~CandleFileWriter() {
  ::close(fd_);
  ::unlink(aside_.c_str());
}

absl::Status CandleFileWriter::Write(uint64_t offset, absl::string_view bytes) {
  if (offset + bytes.size() > max_bytes_) {
    return absl::ResourceExhaustedError(
        absl::StrCat(path_, " would be larger than ", max_bytes_, " bytes"));
  }
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Errno("write", aside_);
    bytes.remove_prefix(static_cast<size_t>(written));
    offset += static_cast<uint64_t>(written);
  }
  return absl::OkStatus();
}

absl::Status CandleFileWriter::Append(absl::Span<const market::Candle> candles) {
  for (const market::Candle& candle : candles) {
    if (candle.open_time <= last_ || !IsStorable(candle)) {
      return absl::InvalidArgumentError(absl::StrCat(
          "the candle of ", absl::FormatTime(candle.open_time, absl::UTCTimeZone()),
          " is not later than the one before, or is finer than the candle cache can hold"));
    }
    last_ = candle.open_time;
    block_.push_back(candle);
    if (block_.size() == kBlockRecords) AIFX_RETURN_IF_ERROR(WriteBlock());
  }
  return absl::OkStatus();
}

absl::Status CandleFileWriter::WriteBlock() {
  if (block_.empty()) return absl::OkStatus();
  const std::string records = EncodeRecords(block_);
  AIFX_RETURN_IF_ERROR(Write(header_.index_offset(), records));
  blocks_.push_back({block_.front().open_time, BlockSum(blocks_.size(), records)});
  header_.records += block_.size();
  block_.clear();
  return absl::OkStatus();
}

absl::Status CandleFileWriter::Commit(const TimeRanges& known) {
  AIFX_RETURN_IF_ERROR(WriteBlock());
  const std::string index = EncodeIndex({known, std::move(blocks_)});
  header_.ranges = known.ranges().size();
  header_.index_sum = Sha256(index);
  AIFX_RETURN_IF_ERROR(Write(header_.index_offset(), index));
  AIFX_RETURN_IF_ERROR(Write(0, EncodeHeader(header_)));
  if (::fsync(fd_) != 0) return Errno("sync", aside_);
  if (std::rename(aside_.c_str(), path_.c_str()) != 0) return Errno("replace", path_);
  return base::SyncPath(std::filesystem::path(path_).parent_path().string());
}

}  // namespace aifx::cache
