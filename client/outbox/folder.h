#ifndef AIFX_CLIENT_OUTBOX_FOLDER_H_
#define AIFX_CLIENT_OUTBOX_FOLDER_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/base/log.h"

namespace aifx::outbox {

// The outbox's folder and the lock that makes this process its only owner. The lock ends with the
// object, or with the process. Thread-compatible.
class Folder {
 public:
  // FAILED_PRECONDITION where another process (or another object of this one) holds the folder:
  // the message names its process id. With `create` the folder is made, mode 0700, where there is
  // none; without it, NOT_FOUND where there is no outbox. A folder whose mode cannot be set to 0700
  // is used all the same, with a warning.
  static absl::StatusOr<Folder> Lock(const std::string& path, bool create, base::Logger& logger);

  Folder(Folder&& other) noexcept;
  Folder& operator=(Folder&&) = delete;
  ~Folder();

  std::string database() const { return path_ + "/outbox.db"; }

  // Makes an empty database file, mode 0600, where there is none: SQLite takes the WAL's mode from
  // it.
  absl::Status CreateDatabaseFile() const;

  // Renames the database (and its WAL) to NAME.corrupt-TIMESTAMP. Returns the new path.
  absl::StatusOr<std::string> PutAside(absl::Time now) const;

 private:
  Folder(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}

  std::string path_;
  int lock_;
};

}  // namespace aifx::outbox

#endif  // AIFX_CLIENT_OUTBOX_FOLDER_H_
