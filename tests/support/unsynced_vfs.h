#ifndef AIFX_TESTS_SUPPORT_UNSYNCED_VFS_H_
#define AIFX_TESTS_SUPPORT_UNSYNCED_VFS_H_

#include <sqlite3.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/mutex.h"

namespace aifx::testing {

// A SQLite VFS whose files live in memory and know what was synced, so that a test can cut the
// power at any write and see what a disk would still hold. Registered under name() while it lives;
// has no shared memory, so that WAL works in exclusive locking mode only. Thread-safe.
class UnsyncedVfs {
 public:
  UnsyncedVfs();
  ~UnsyncedVfs();
  UnsyncedVfs(const UnsyncedVfs&) = delete;
  UnsyncedVfs& operator=(const UnsyncedVfs&) = delete;

  const std::string& name() const { return name_; }

  // Writes, truncations, syncs and deletions so far.
  int64_t operations() const;
  // Syncs that succeeded so far.
  int64_t syncs() const;

  // The operation of that number (from 1, counted by operations()) and all after it fail: the
  // machine is off. That operation is done by half where it is a write.
  void CutPowerAt(int64_t operation);
  bool power_is_off() const;
  // Power again. Files hold what was synced; of what was not, each write survives or not by chance
  // (none of them with seed 0).
  void Reboot(uint64_t seed);

  // While set, writes that make a file longer fail with SQLITE_FULL.
  void SetDiskFull(bool full);
  // While set, syncs fail with SQLITE_IOERR_FSYNC and sync nothing.
  void SetSyncFails(bool fails);

 private:
  struct Write {
    int64_t offset;
    std::string data;
    bool truncate = false;  // to `offset`
  };
  struct File {
    std::string content;                // as the running system sees it
    std::optional<std::string> synced;  // as the disk holds it; nothing: no such file after a cut
    std::vector<Write> unsynced;
    bool deleted = false;
  };
  struct Handle;  // a sqlite3_file
  struct Methods;

  static void Apply(const Write& write, std::string& content);
  // Counts an operation; false where the power is off. `torn`: it is the one that is cut.
  bool Count(bool& torn) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  int Change(const std::string& path, Write write);
  int Sync(const std::string& path);
  int Delete(const std::string& path, bool sync_folder);
  int Read(const std::string& path, void* buffer, int count, int64_t offset);
  std::optional<int64_t> SizeOf(const std::string& path);
  int Open(const std::string& path, int flags);

  const std::string name_;
  sqlite3_vfs vfs_ = {};
  mutable base::Mutex mutex_;
  std::map<std::string, File> files_ ABSL_GUARDED_BY(mutex_);
  int64_t operations_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t syncs_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t cut_at_ ABSL_GUARDED_BY(mutex_) = 0;
  bool off_ ABSL_GUARDED_BY(mutex_) = false;
  bool full_ ABSL_GUARDED_BY(mutex_) = false;
  bool sync_fails_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace aifx::testing

#endif  // AIFX_TESTS_SUPPORT_UNSYNCED_VFS_H_
