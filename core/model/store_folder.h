#ifndef AIFX_CORE_MODEL_STORE_FOLDER_H_
#define AIFX_CORE_MODEL_STORE_FOLDER_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace aifx::model {

// An open folder of the model store. Entries are reached through its descriptor and never through
// a symbolic link, so that nobody can redirect a read between a check and its use. Entry names are
// single path parts, checked by the caller. Thread-compatible; movable.
class StoreFolder {
 public:
  // The store's root, which may itself be a link: it comes from the configuration. NotFound.
  static absl::StatusOr<StoreFolder> OpenRoot(const std::string& path);

  StoreFolder(StoreFolder&& other) noexcept;
  StoreFolder& operator=(StoreFolder&& other) noexcept;
  ~StoreFolder();

  const std::string& path() const { return path_; }

  // NotFound; FailedPrecondition for a symbolic link or anything else that is not a folder.
  absl::StatusOr<StoreFolder> Open(const std::string& name) const;
  // The same, made where it is absent.
  absl::StatusOr<StoreFolder> OpenOrCreate(const std::string& name) const;
  // Names of all entries but `.` and `..`, unsorted.
  absl::StatusOr<std::vector<std::string>> List() const;
  bool HasRegularFile(const std::string& name) const;

  // The whole of a regular file. NotFound; FailedPrecondition for a link or what is no regular
  // file; ResourceExhausted beyond `max_bytes`.
  absl::StatusOr<std::string> Read(const std::string& name, size_t max_bytes) const;
  // Makes a new file and syncs it. AlreadyExists.
  absl::Status Create(const std::string& name, absl::string_view content) const;
  // Writes aside, syncs, renames, syncs the folder. REQUIRES: the folder is locked.
  absl::Status Replace(const std::string& name, absl::string_view content) const;
  // Renames an entry to a name that must be free, and syncs the folder. AlreadyExists.
  absl::Status Rename(const std::string& from, const std::string& to) const;
  absl::Status Sync() const;
  // Removes a folder and the files in it; links in it are unlinked, not followed.
  void RemoveFolder(const std::string& name) const;

  // Keeps other writers (of any process) out until this object goes away. Waits for one that is
  // there; Aborted (MODEL_LOCKED) where it does not end within `patience`.
  absl::Status LockForWriting(absl::Duration patience = absl::Seconds(10)) const;

 private:
  StoreFolder(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}

  int fd_;
  std::string path_;
};

}  // namespace aifx::model

#endif  // AIFX_CORE_MODEL_STORE_FOLDER_H_
