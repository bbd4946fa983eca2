#include "tests/support/unsynced_vfs.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <random>

namespace aifx::testing {
namespace {

std::string UniqueName() {
  static std::atomic<int> count = 0;
  return "unsynced-" + std::to_string(++count);
}

}  // namespace

struct UnsyncedVfs::Handle {
  sqlite3_file base;  // first: SQLite sees this part alone
  UnsyncedVfs* vfs;
  char path[512];
};

// What SQLite calls, as it wants to call it.
struct UnsyncedVfs::Methods {
  static Handle& Of(sqlite3_file* file) { return *reinterpret_cast<Handle*>(file); }
  static UnsyncedVfs& Of(sqlite3_vfs* vfs) { return *static_cast<UnsyncedVfs*>(vfs->pAppData); }

  static int Close(sqlite3_file*) { return SQLITE_OK; }
  static int Read(sqlite3_file* file, void* buffer, int count, sqlite3_int64 offset) {
    return Of(file).vfs->Read(Of(file).path, buffer, count, offset);
  }
  static int Write(sqlite3_file* file, const void* data, int count, sqlite3_int64 offset) {
    return Of(file).vfs->Change(Of(file).path, {offset, std::string(static_cast<const char*>(data),
                                                                    static_cast<size_t>(count))});
  }
  static int Truncate(sqlite3_file* file, sqlite3_int64 size) {
    return Of(file).vfs->Change(Of(file).path, {size, "", true});
  }
  static int Sync(sqlite3_file* file, int) { return Of(file).vfs->Sync(Of(file).path); }
  static int FileSize(sqlite3_file* file, sqlite3_int64* size) {
    *size = Of(file).vfs->SizeOf(Of(file).path).value_or(0);
    return SQLITE_OK;
  }
  static int Lock(sqlite3_file*, int) { return SQLITE_OK; }
  static int CheckReservedLock(sqlite3_file*, int* held) {
    *held = 0;
    return SQLITE_OK;
  }
  static int FileControl(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
  static int SectorSize(sqlite3_file*) { return 512; }
  static int Characteristics(sqlite3_file*) { return 0; }

  static int Open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags,
                  int* out_flags) {
    static constexpr sqlite3_io_methods kMethods = {
        1,           Close,      Read,           Write, Truncate,
        Sync,        FileSize,   Lock,           Lock,  CheckReservedLock,
        FileControl, SectorSize, Characteristics};
    Handle& handle = Of(file);
    handle.base.pMethods = nullptr;
    // Temporary files have no name; temp_store=MEMORY keeps SQLite from asking for one.
    if (path == nullptr || std::strlen(path) >= sizeof handle.path) return SQLITE_CANTOPEN;
    const int result = Of(vfs).Open(path, flags);
    if (result != SQLITE_OK) return result;
    handle.base.pMethods = &kMethods;
    handle.vfs = &Of(vfs);
    std::strcpy(handle.path, path);
    if (out_flags != nullptr) *out_flags = flags;
    return SQLITE_OK;
  }
  static int Delete(sqlite3_vfs* vfs, const char* path, int sync_folder) {
    return Of(vfs).Delete(path, sync_folder != 0);
  }
  static int Access(sqlite3_vfs* vfs, const char* path, int, int* result) {
    *result = Of(vfs).SizeOf(path).has_value() ? 1 : 0;
    return SQLITE_OK;
  }
  static int FullPathname(sqlite3_vfs*, const char* path, int size, char* out) {
    if (std::strlen(path) >= static_cast<size_t>(size)) return SQLITE_CANTOPEN;
    std::strcpy(out, path);
    return SQLITE_OK;
  }
  static int Randomness(sqlite3_vfs*, int count, char* out) {
    static std::atomic<unsigned> next = 1;
    for (int i = 0; i < count; ++i) out[i] = static_cast<char>(next.fetch_add(7919) >> 3);
    return count;
  }
  static int Sleep(sqlite3_vfs*, int microseconds) { return microseconds; }
  static int CurrentTime(sqlite3_vfs*, double* days) {
    *days = 2458282;  // a Julian day of 2018: nothing of ours depends on it
    return SQLITE_OK;
  }
};

UnsyncedVfs::UnsyncedVfs() : name_(UniqueName()) {
  vfs_.iVersion = 1;
  vfs_.szOsFile = sizeof(Handle);
  vfs_.mxPathname = sizeof(Handle::path) - 16;
  vfs_.zName = name_.c_str();
  vfs_.pAppData = this;
  vfs_.xOpen = Methods::Open;
  vfs_.xDelete = Methods::Delete;
  vfs_.xAccess = Methods::Access;
  vfs_.xFullPathname = Methods::FullPathname;
  vfs_.xRandomness = Methods::Randomness;
  vfs_.xSleep = Methods::Sleep;
  vfs_.xCurrentTime = Methods::CurrentTime;
  if (sqlite3_vfs_register(&vfs_, /*makeDflt=*/0) != SQLITE_OK) std::abort();
}

UnsyncedVfs::~UnsyncedVfs() { sqlite3_vfs_unregister(&vfs_); }

int64_t UnsyncedVfs::operations() const {
  base::MutexLock lock(mutex_);
  return operations_;
}

int64_t UnsyncedVfs::syncs() const {
  base::MutexLock lock(mutex_);
  return syncs_;
}

void UnsyncedVfs::CutPowerAt(int64_t operation) {
  base::MutexLock lock(mutex_);
  cut_at_ = operation;
}

bool UnsyncedVfs::power_is_off() const {
  base::MutexLock lock(mutex_);
  return off_;
}

void UnsyncedVfs::SetDiskFull(bool full) {
  base::MutexLock lock(mutex_);
  full_ = full;
}

void UnsyncedVfs::SetSyncFails(bool fails) {
  base::MutexLock lock(mutex_);
  sync_fails_ = fails;
}

void UnsyncedVfs::Reboot(uint64_t seed) {
  base::MutexLock lock(mutex_);
  std::mt19937_64 chance(seed);
  for (auto file = files_.begin(); file != files_.end();) {
    if (!file->second.synced.has_value()) {
      file = files_.erase(file);
      continue;
    }
    std::string content = *file->second.synced;
    for (const Write& write : file->second.unsynced) {
      if (seed != 0 && chance() % 2 == 0) Apply(write, content);
    }
    file->second = {content, content, {}, false};
    ++file;
  }
  off_ = false;
  cut_at_ = 0;
}

void UnsyncedVfs::Apply(const Write& write, std::string& content) {
  const auto offset = static_cast<size_t>(write.offset);
  if (write.truncate) {
    content.resize(std::min(content.size(), offset));
    return;
  }
  if (content.size() < offset + write.data.size()) content.resize(offset + write.data.size());
  content.replace(offset, write.data.size(), write.data);
}

bool UnsyncedVfs::Count(bool& torn) {
  if (off_) return false;
  ++operations_;
  torn = operations_ == cut_at_;
  if (torn) off_ = true;
  return true;
}

int UnsyncedVfs::Change(const std::string& path, Write write) {
  base::MutexLock lock(mutex_);
  bool torn = false;
  if (!Count(torn)) return SQLITE_IOERR_WRITE;
  File& file = files_[path];
  const auto end = static_cast<size_t>(write.offset) + write.data.size();
  if (full_ && !write.truncate && end > file.content.size()) return SQLITE_FULL;
  if (torn) write.data.resize(write.data.size() / 2);
  if (torn && write.truncate) return SQLITE_IOERR_TRUNCATE;
  Apply(write, file.content);
  file.unsynced.push_back(std::move(write));
  return torn ? SQLITE_IOERR_WRITE : SQLITE_OK;
}

int UnsyncedVfs::Sync(const std::string& path) {
  base::MutexLock lock(mutex_);
  bool torn = false;
  if (!Count(torn) || torn || sync_fails_) return SQLITE_IOERR_FSYNC;
  File& file = files_[path];
  ++syncs_;
  file.synced = file.content;
  file.unsynced.clear();
  return SQLITE_OK;
}

int UnsyncedVfs::Delete(const std::string& path, bool sync_folder) {
  base::MutexLock lock(mutex_);
  bool torn = false;
  if (!Count(torn) || torn) return SQLITE_IOERR_DELETE;
  const auto file = files_.find(path);
  if (file == files_.end()) return SQLITE_IOERR_DELETE_NOENT;
  if (sync_folder) {
    files_.erase(file);
  } else {  // after a cut it is there again
    file->second.deleted = true;
    file->second.content.clear();
  }
  return SQLITE_OK;
}

int UnsyncedVfs::Read(const std::string& path, void* buffer, int count, int64_t offset) {
  base::MutexLock lock(mutex_);
  if (off_) return SQLITE_IOERR_READ;
  const std::string& content = files_[path].content;
  const auto wanted = static_cast<size_t>(count);
  const auto start = std::min(static_cast<size_t>(offset), content.size());
  const size_t there = std::min(wanted, content.size() - start);
  std::memcpy(buffer, content.data() + start, there);
  if (there == wanted) return SQLITE_OK;
  std::memset(static_cast<char*>(buffer) + there, 0, wanted - there);
  return SQLITE_IOERR_SHORT_READ;
}

std::optional<int64_t> UnsyncedVfs::SizeOf(const std::string& path) {
  base::MutexLock lock(mutex_);
  const auto file = files_.find(path);
  if (file == files_.end() || file->second.deleted) return std::nullopt;
  return static_cast<int64_t>(file->second.content.size());
}

int UnsyncedVfs::Open(const std::string& path, int flags) {
  base::MutexLock lock(mutex_);
  if (off_) return SQLITE_CANTOPEN;
  const auto file = files_.find(path);
  const bool exists = file != files_.end() && !file->second.deleted;
  if (!exists && (flags & SQLITE_OPEN_CREATE) == 0) return SQLITE_CANTOPEN;
  if (!exists) {
    File& created = files_[path];
    // What the disk held under that name goes when the new file is synced.
    created.content.clear();
    created.unsynced.push_back({0, "", true});
    created.deleted = false;
  }
  return SQLITE_OK;
}

}  // namespace aifx::testing
