#ifndef AIFX_CORE_BASE_FILE_WRITER_H_
#define AIFX_CORE_BASE_FILE_WRITER_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace aifx::base {

// Writes a new file piece by piece through a buffer of its own, so that memory does not grow with
// the file. Whoever wants readers to see only whole files writes beside the final name and renames
// after Close. Not thread-safe.
class FileWriter {
 public:
  // Creates `path`, or empties what is there; a pipe or a device is written to as it is. The file
  // system's error otherwise, with the path. Opening a pipe waits for its reader.
  static absl::StatusOr<std::unique_ptr<FileWriter>> Create(const std::string& path);

  // Removes the file, if it is a regular one and no link to one, where Close has not succeeded.
  ~FileWriter();
  FileWriter(const FileWriter&) = delete;
  FileWriter& operator=(const FileWriter&) = delete;

  // The file system's error, which stays: what follows a failed write fails too.
  absl::Status Append(absl::string_view bytes);
  // Replaces bytes that were appended before. FailedPrecondition where that is no regular file.
  // REQUIRES: offset + bytes.size() <= size()
  absl::Status Overwrite(uint64_t offset, absl::string_view bytes);
  // Bytes appended so far.
  uint64_t size() const { return size_; }
  // Writes what is buffered, lets the disk begin with it and frees the buffer: whoever writes many
  // files calls it for each before the first Close, which then waits for little. Any of the other
  // calls may follow.
  absl::Status StartSync();
  // Writes what is buffered, syncs it to the disk and closes. To be called once, as the last call.
  absl::Status Close();

 private:
  FileWriter(std::string path, int fd, bool regular, bool removable);
  absl::Status Flush();
  void StartWriteback();
  absl::Status WriteAt(uint64_t offset, absl::string_view bytes);

  const std::string path_;
  const bool regular_;    // else bytes go out in order and cannot be synced
  const bool removable_;  // a device stays where it is, and so does a link
  int fd_;                // -1 once closed
  bool complete_ = false;
  uint64_t size_ = 0, flushed_ = 0;
  uint64_t started_ = 0;  // up to where the disk was told to begin
  std::string buffer_;
  absl::Status status_;
};

}  // namespace aifx::base

#endif  // AIFX_CORE_BASE_FILE_WRITER_H_
