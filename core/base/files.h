#ifndef AIFX_CORE_BASE_FILES_H_
#define AIFX_CORE_BASE_FILES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace aifx::base {

// The whole of a regular file of at most `max_bytes`. NotFound where there is none,
// ResourceExhausted where it is larger, or the file system's error; all name the path.
absl::StatusOr<std::string> ReadFile(const std::string& path, size_t max_bytes = size_t{1} << 30);

// What is left to read of an open file, at most `max_bytes` (ResourceExhausted where there is
// more); `path` is for messages. Does not close `fd`.
absl::StatusOr<std::string> ReadDescriptor(int fd, const std::string& path, size_t max_bytes);

// Replaces `path` atomically: writes a temporary file beside it, syncs it, renames it and syncs
// the folder. After a crash the path holds the old or the new content, never a part.
absl::Status WriteFileAtomically(const std::string& path, absl::string_view content);

// Syncs a folder's entries (or a file's content) to the disk.
absl::Status SyncPath(const std::string& path);

}  // namespace aifx::base

#endif  // AIFX_CORE_BASE_FILES_H_
