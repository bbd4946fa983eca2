#include "client/cache/candle_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"

namespace aifx::cache {
namespace {

// 7 million blocks: no series has more candles.
constexpr uint64_t kMostIndexBytes = uint64_t{1} << 28;

}  // namespace

absl::StatusOr<std::unique_ptr<CandleFile>> CandleFile::Open(const std::string& path,
                                                             const std::string& key) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) return absl::ErrnoToStatus(errno, absl::StrCat("cannot open ", path));
  std::unique_ptr<CandleFile> file(new CandleFile(path, fd));
  AIFX_RETURN_IF_ERROR(file->ReadHead(key));
  return file;
}

CandleFile::~CandleFile() { ::close(fd_); }

absl::Status CandleFile::ReadHead(const std::string& key) {
  struct stat info;
  if (::fstat(fd_, &info) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot inspect ", path_));
  }
  AIFX_ASSIGN_OR_RETURN(const std::string head, ReadBytes(0, kHeaderBytes));
  AIFX_ASSIGN_OR_RETURN(header_, DecodeHeader(head));
  if (header_.key != key) return absl::DataLossError("the candle cache's file is another series'");
  if (static_cast<uint64_t>(info.st_size) != header_.file_bytes() ||
      header_.index_bytes() > kMostIndexBytes) {
    return absl::DataLossError("the candle cache's file has a wrong length");
  }
  AIFX_ASSIGN_OR_RETURN(const std::string index,
                        ReadBytes(header_.index_offset(), header_.index_bytes()));
  AIFX_ASSIGN_OR_RETURN(index_, DecodeIndex(index, header_));
  return absl::OkStatus();
}

absl::StatusOr<std::string> CandleFile::ReadBytes(uint64_t offset, size_t size) const {
  std::string bytes(size, '\0');
  for (size_t done = 0; done < size;) {
    const ssize_t count =
        ::pread(fd_, bytes.data() + done, size - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return absl::ErrnoToStatus(errno, absl::StrCat("cannot read ", path_));
    if (count == 0) return absl::DataLossError("the candle cache's file is cut off");
    done += static_cast<size_t>(count);
  }
  return bytes;
}

TimeRange CandleFile::SpanOf(size_t block) const {
  return {index_.blocks[block].first, block + 1 < index_.blocks.size()
                                          ? index_.blocks[block + 1].first
                                          : absl::InfiniteFuture()};
}

size_t CandleFile::BlockAt(absl::Time time) const {
  const auto after = std::upper_bound(
      index_.blocks.begin(), index_.blocks.end(), time,
      [](absl::Time wanted, const BlockEntry& entry) { return wanted < entry.first; });
  return after == index_.blocks.begin() ? 0
                                        : static_cast<size_t>(after - index_.blocks.begin()) - 1;
}

absl::StatusOr<std::vector<market::Candle>> CandleFile::Read(size_t block) const {
  const uint64_t before = uint64_t{block} * kBlockRecords;
  const size_t records = std::min<uint64_t>(kBlockRecords, header_.records - before);
  AIFX_ASSIGN_OR_RETURN(const std::string bytes,
                        ReadBytes(kHeaderBytes + before * kRecordBytes, records * kRecordBytes));
  if (BlockSum(block, bytes) != index_.blocks[block].sum) {
    return absl::DataLossError(
        absl::StrCat("block ", block, " of the candle cache has a wrong checksum"));
  }
  return DecodeRecords(bytes);
}

}  // namespace aifx::cache
