#ifndef AIFX_CLIENT_CACHE_CANDLE_FILE_WRITER_H_
#define AIFX_CLIENT_CACHE_CANDLE_FILE_WRITER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "client/cache/candle_file_format.h"
#include "client/cache/time_ranges.h"
#include "core/market/candle.h"

namespace aifx::cache {

// Writes a cache file beside its place and puts it there at the end; without Commit nothing
// changes. The caller holds the file's lock. Thread-compatible. Errors: the file system's, naming
// the path; RESOURCE_EXHAUSTED for a file that would be larger than `max_bytes`.
class CandleFileWriter {
 public:
  static absl::StatusOr<std::unique_ptr<CandleFileWriter>> Create(const std::string& path,
                                                                  const std::string& key,
                                                                  uint64_t max_bytes);
  ~CandleFileWriter();  // removes what was not committed
  CandleFileWriter(const CandleFileWriter&) = delete;
  CandleFileWriter& operator=(const CandleFileWriter&) = delete;

  // InvalidArgument for a candle that is not later than the one before, or not storable.
  absl::Status Append(absl::Span<const market::Candle> candles);

  // Writes what is missing, syncs, and replaces the file at the path. REQUIRES: called once
  absl::Status Commit(const TimeRanges& known);

 private:
  CandleFileWriter(std::string path, std::string key, uint64_t max_bytes, int fd);
  absl::Status WriteBlock();
  absl::Status Write(uint64_t offset, absl::string_view bytes);

  const std::string path_;
  const std::string aside_;
  const uint64_t max_bytes_;
  const int fd_;
  FileHeader header_;
  std::vector<BlockEntry> blocks_;
  std::vector<market::Candle> block_;  // not yet written
  absl::Time last_ = absl::InfinitePast();
};

}  // namespace aifx::cache

#endif  // AIFX_CLIENT_CACHE_CANDLE_FILE_WRITER_H_
