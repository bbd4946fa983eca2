#ifndef AIFX_CLIENT_CACHE_SERIES_FILE_H_
#define AIFX_CLIENT_CACHE_SERIES_FILE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "client/cache/cache_folder.h"
#include "client/cache/candle_file.h"
#include "client/cache/candle_file_writer.h"
#include "client/cache/time_ranges.h"
#include "core/base/log.h"
#include "core/market/candle.h"

namespace aifx::cache {

// One series' file for the length of one read. What goes wrong with the disk is a warning of the
// logger, never an error: the read goes on without the file. Not thread-safe.
class SeriesFile {
 public:
  struct Place {
    std::string folder;
    std::string path;
    std::string key;
    uint64_t max_bytes = 0;  // of the whole folder
  };
  // Opens what is there. `logger` outlives the object.
  SeriesFile(Place place, base::Logger& logger);

  // What can be taken from the file.
  const TimeRanges& known() const { return known_; }
  void ForgetFrom(absl::Time time) { known_.CutFrom(time); }

  using OnCandles = std::function<absl::Status(absl::Span<const market::Candle>)>;
  using OnDamage = std::function<absl::Status(const TimeRange&)>;
  // Gives the candles of `range`, oldest first, in pieces, and in their place the parts of it that
  // cannot be read. The first error of either callback ends it and is returned.
  absl::Status Read(const TimeRange& range, const OnCandles& on_candles,
                    const OnDamage& on_damage) const;
  // The end of a range with all candles in it, oldest first.
  struct Tail {
    TimeRange range;
    std::vector<market::Candle> candles;
  };
  // The newest `count` candles of `range`; the whole range where it has no more. Less where what
  // comes before cannot be read.
  Tail Newest(const TimeRange& range, size_t count) const;
  // At least as many candles as `range` has.
  int64_t CountAtMost(const TimeRange& range) const;

  // Begins the file that will take this one's place with what is known before `time`; later calls
  // change nothing. Does nothing where another process writes, or has written since this one
  // looked.
  void BeginWriting(absl::Time time);
  // Takes over the next candles, which are later than all before.
  void Keep(absl::Span<const market::Candle> candles);
  // A range of which all candles were kept. Nothing before BeginWriting, which takes over what is
  // known: a block that could be read once may be damaged by the time it is copied.
  void KeepRange(const TimeRange& range) {
    if (writer_ != nullptr) kept_.Add(range);
  }
  const TimeRanges& kept() const { return kept_; }
  // Puts the new file in the old one's place, with what is known from `time` on, and makes room.
  // Where none was begun the old one is marked as used.
  void Finish(absl::Time time);

 private:
  // Copies what is known of `range`, except for candles that were kept already.
  void KeepKnown(const TimeRange& range);
  absl::Status OpenWriter();
  void GiveUpWriting(const absl::Status& status);

  const Place place_;
  base::Logger& logger_;
  const uint64_t identity_;           // of the file at the path, before it was opened
  std::unique_ptr<CandleFile> file_;  // may be null
  TimeRanges known_;
  bool tried_to_write_ = false;
  std::optional<FileLock> lock_;  // goes last: the writer removes its file under it
  std::unique_ptr<CandleFileWriter> writer_;
  TimeRanges kept_;
  absl::Time last_kept_ = absl::InfinitePast();
};

}  // namespace aifx::cache

#endif  // AIFX_CLIENT_CACHE_SERIES_FILE_H_
