#ifndef AIFX_CORE_BASE_STAGING_FOLDER_H_
#define AIFX_CORE_BASE_STAGING_FOLDER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace aifx::base {

// A hidden folder beside a target, in which a job writes what readers shall see whole or not at
// all. Goes away, with all in it, at the end of its scope; what a killed process left of the same
// target goes away when the next one is made, and what it took from there comes back. Not
// thread-safe; several processes may stage for the same target, the last to publish wins.
class StagingFolder {
 public:
  // Makes the folder that `target` is in, where it is missing, and `.NAME.aside.XXXXXX` in it. The
  // file system's error otherwise. REQUIRES: `target` does not end with a slash
  static absl::StatusOr<std::unique_ptr<StagingFolder>> Create(const std::string& target);
  ~StagingFolder();
  StagingFolder(const StagingFolder&) = delete;
  StagingFolder& operator=(const StagingFolder&) = delete;

  const std::string& path() const { return path_; }

  // Makes this folder the target, in place of what is there: to be called once, as the last call.
  // Its files are synced by whoever wrote them, its entries here. After a crash the target is the
  // old or the new one, on file systems that can exchange names (ext4, xfs, btrfs, tmpfs); on
  // others there is a moment in which it is missing; after a crash in it the next Create puts the
  // old one back. After an error the old one is there.
  absl::Status Publish();

  // Moves files out of this folder beside the target, under the same names, replacing what is
  // there: one after another, each atomically.
  absl::Status PublishFiles(const std::vector<std::string>& names);

 private:
  StagingFolder(std::string target, std::string path, int fd);

  const std::string target_, path_;
  const int fd_;  // locked while this process is at work
};

}  // namespace aifx::base

#endif  // AIFX_CORE_BASE_STAGING_FOLDER_H_
