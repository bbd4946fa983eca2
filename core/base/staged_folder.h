#ifndef AIFX_CORE_BASE_STAGED_FOLDER_H_
#define AIFX_CORE_BASE_STAGED_FOLDER_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace aifx::base {

// A folder that is filled aside and then appears whole, in place of what an earlier run left there.
// Not thread-safe.
class StagedFolder {
 public:
  // Makes an empty folder beside `target`, called `.NAME.partial`, and the folders above it. What a
  // killed process left there is removed first. FailedPrecondition where another process fills it
  // now, or where `target` exists but holds no file `marker`: then it is not ours to replace. Else
  // the file system's error.
  static absl::StatusOr<std::unique_ptr<StagedFolder>> Create(const std::string& target,
                                                              const std::string& marker);

  // Removes the folder where Commit has not succeeded.
  ~StagedFolder();
  StagedFolder(const StagedFolder&) = delete;
  StagedFolder& operator=(const StagedFolder&) = delete;

  // Where to write. Whoever writes syncs the files and folders in it.
  const std::string& path() const { return path_; }

  // Puts the folder at `target`, synced; to be called once, as the last call. Readers see the old
  // folder or the new one, never a mixture; where the file system cannot exchange two folders there
  // is none for a moment. The old one is then removed.
  absl::Status Commit();

 private:
  StagedFolder(std::string target, std::string path)
      : target_(std::move(target)), path_(std::move(path)) {}
  absl::Status Lock();
  absl::Status Exchange();

  const std::string target_;
  const std::string path_;
  int fd_ = -1;  // of the folder, locked
  bool committed_ = false;
};

}  // namespace aifx::base

#endif  // AIFX_CORE_BASE_STAGED_FOLDER_H_
