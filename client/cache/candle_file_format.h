#ifndef AIFX_CLIENT_CACHE_CANDLE_FILE_FORMAT_H_
#define AIFX_CLIENT_CACHE_CANDLE_FILE_FORMAT_H_

// The bytes of a cache file, as docs/candle-cache.md lays them down. Private to this folder.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "client/cache/time_ranges.h"
#include "core/market/candle.h"

namespace aifx::cache {

inline constexpr size_t kHeaderBytes = 4096;
inline constexpr size_t kRecordBytes = 56;
inline constexpr size_t kBlockRecords = 1024;
inline constexpr size_t kRangeBytes = 16;
inline constexpr size_t kBlockEntryBytes = 40;
inline constexpr size_t kMaxKeyBytes = 3000;
// The finest step of a stored time.
inline constexpr absl::Duration kTimeStep = absl::Microseconds(1);

struct FileHeader {
  std::string key;
  uint64_t records = 0;
  uint64_t ranges = 0;
  std::string index_sum;  // SHA-256, 32 bytes

  uint64_t blocks() const { return (records + kBlockRecords - 1) / kBlockRecords; }
  uint64_t index_offset() const { return kHeaderBytes + records * kRecordBytes; }
  uint64_t index_bytes() const { return ranges * kRangeBytes + blocks() * kBlockEntryBytes; }
  uint64_t file_bytes() const { return index_offset() + index_bytes(); }
};

struct BlockEntry {
  absl::Time first;  // its first open time
  std::string sum;   // SHA-256, 32 bytes
};

struct FileIndex {
  TimeRanges ranges;
  std::vector<BlockEntry> blocks;
};

std::string Sha256(absl::string_view data);  // 32 bytes

// REQUIRES: header.key.size() <= kMaxKeyBytes
std::string EncodeHeader(const FileHeader& header);
// DATA_LOSS, saying what is wrong, for anything but what EncodeHeader writes.
absl::StatusOr<FileHeader> DecodeHeader(absl::string_view bytes);

std::string EncodeIndex(const FileIndex& index);
// DATA_LOSS where the bytes do not have the header's sum.
absl::StatusOr<FileIndex> DecodeIndex(absl::string_view bytes, const FileHeader& header);

// Whether a record can hold the candle exactly.
bool IsStorable(const market::Candle& candle);
std::string EncodeRecords(absl::Span<const market::Candle> candles);
// REQUIRES: bytes.size() is a multiple of kRecordBytes
std::vector<market::Candle> DecodeRecords(absl::string_view bytes);

// The sum of block `number`, which holds `records`.
std::string BlockSum(uint64_t number, absl::string_view records);

}  // namespace aifx::cache

#endif  // AIFX_CLIENT_CACHE_CANDLE_FILE_FORMAT_H_
