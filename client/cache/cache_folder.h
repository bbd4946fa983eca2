#ifndef AIFX_CLIENT_CACHE_CACHE_FOLDER_H_
#define AIFX_CLIENT_CACHE_CACHE_FOLDER_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/market/currency_pair.h"
#include "core/market/timeframe.h"

namespace aifx::cache {

inline constexpr uint64_t kDefaultMaxBytes = uint64_t{4} << 30;

// Where the cache is by default: $XDG_CACHE_HOME/aifx/candles (where that is an absolute path, as
// the XDG Base Directory Specification demands), else $HOME/.cache/aifx/candles. Empty where
// neither is set: then there is none. `environment` gives a variable's value, or the empty string.
std::string DefaultCacheFolder(const std::function<std::string(const std::string&)>& environment);

// What a file's candles belong to; `backend_url` is normalized by the caller.
std::string SeriesKey(const std::string& backend_url, const market::CurrencyPair& pair,
                      market::Timeframe timeframe);
// Its file's name.
std::string SeriesFileName(const std::string& key, const market::CurrencyPair& pair,
                           market::Timeframe timeframe);

// Makes the folder, with those above it, for its owner alone.
absl::Status MakeFolder(const std::string& folder);

// The right to write one file; ends with the object, or with the process.
class FileLock {
 public:
  // Empty where another one has it. `path` is the lock's own file, made where it is not there.
  static absl::StatusOr<std::optional<FileLock>> Try(const std::string& path);
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&& other) noexcept;
  ~FileLock();

 private:
  explicit FileLock(int fd) : fd_(fd) {}
  int fd_;
};

// Marks a file as used now, for what Evict goes by.
void MarkUsed(const std::string& path);

// Removes the files that were used longest ago until all take at most `max_bytes`; never `keep`.
// Returns how many went.
int Evict(const std::string& folder, uint64_t max_bytes, const std::string& keep);

}  // namespace aifx::cache

#endif  // AIFX_CLIENT_CACHE_CACHE_FOLDER_H_
