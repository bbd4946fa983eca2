#ifndef AIFX_CORE_JOURNAL_SEGMENTS_H_
#define AIFX_CORE_JOURNAL_SEGMENTS_H_

#include <cstdint>
#include <deque>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/journal/entry.h"

namespace aifx::journal {

// The journal's files: predictions-<UTC time>-<number>.jsonl, numbered in the order in which they
// were begun; a line is an entry. Their sizes stay within a bound: the oldest file goes first.
// Thread-compatible.
class SegmentWriter {
 public:
  struct Options {
    std::string folder;
    int64_t max_bytes = int64_t{256} << 20;  // of all files; >= 2
    // A file that has as many is not appended to; at most half of max_bytes is used.
    int64_t segment_bytes = int64_t{16} << 20;
  };

  // Makes the folder (0700) where it is absent. Begins a file with the first line, so that what a
  // crash tore stays the end of its file.
  static absl::StatusOr<SegmentWriter> Open(Options options);

  SegmentWriter(SegmentWriter&& other) noexcept;
  SegmentWriter& operator=(SegmentWriter&&) = delete;
  ~SegmentWriter();

  // Appends a line, whole or not at all. Not synced: a power cut may lose the newest lines. The
  // file system's error; the next call tries again. ResourceExhausted for a line above the bound.
  absl::Status Append(absl::string_view line, absl::Time now);

  int64_t bytes() const { return bytes_; }
  int64_t segments() const { return static_cast<int64_t>(segments_.size()); }

 private:
  struct Segment {
    std::string name;
    int64_t bytes = 0;
  };
  explicit SegmentWriter(Options options) : options_(std::move(options)) {}

  absl::Status Begin(absl::Time now);
  void CloseCurrent();
  void MakeRoom(int64_t wanted);

  Options options_;
  std::deque<Segment> segments_;  // oldest first; the last is written where fd_ is open
  int64_t bytes_ = 0;
  int64_t next_number_ = 1;
  int fd_ = -1;
};

// The newest entry of a prediction; lines that are torn or damaged are passed over. NotFound, with
// the folder, where none is kept; the file system's error.
absl::StatusOr<JournalEntry> FindEntry(const std::string& folder, const std::string& id);

}  // namespace aifx::journal

#endif  // AIFX_CORE_JOURNAL_SEGMENTS_H_
