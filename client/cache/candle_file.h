#ifndef AIFX_CLIENT_CACHE_CANDLE_FILE_H_
#define AIFX_CLIENT_CACHE_CANDLE_FILE_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cache/candle_file_format.h"
#include "client/cache/time_ranges.h"
#include "core/market/candle.h"

namespace aifx::cache {

// A cache file that is open for reading (docs/candle-cache.md). It stays as it was when opened,
// also when another one takes its place or it is removed. Thread-compatible.
class CandleFile {
 public:
  // NOT_FOUND where there is none; DATA_LOSS where it is damaged or of another key; else the file
  // system's error. Blocks are checked when they are read.
  static absl::StatusOr<std::unique_ptr<CandleFile>> Open(const std::string& path,
                                                          const std::string& key);
  ~CandleFile();
  CandleFile(const CandleFile&) = delete;
  CandleFile& operator=(const CandleFile&) = delete;

  const TimeRanges& known() const { return index_.ranges; }

  size_t blocks() const { return index_.blocks.size(); }
  // The times whose candles are in a block: from its first one to the next block's; the last block
  // has no end.
  TimeRange SpanOf(size_t block) const;
  // The block with the first candle that may be at `time` or later; 0 where there is no block.
  size_t BlockAt(absl::Time time) const;
  // A block's candles; DATA_LOSS where its bytes are not those that were written.
  absl::StatusOr<std::vector<market::Candle>> Read(size_t block) const;

 private:
  CandleFile(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}
  absl::Status ReadHead(const std::string& key);
  absl::StatusOr<std::string> ReadBytes(uint64_t offset, size_t size) const;

  const std::string path_;
  const int fd_;
  FileHeader header_;
  FileIndex index_;
};

}  // namespace aifx::cache

#endif  // AIFX_CLIENT_CACHE_CANDLE_FILE_H_
