#ifndef AIFX_CLIENT_CACHE_CACHED_CANDLE_SOURCE_H_
#define AIFX_CLIENT_CACHE_CACHED_CANDLE_SOURCE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "client/cache/cache_folder.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/market/candle_history.h"

namespace aifx::cache {

struct CacheOptions {
  std::string folder;       // made where it is not there
  std::string backend_url;  // whose candles they are, normalized (http::BaseUrl::text)
  uint64_t max_bytes = kDefaultMaxBytes;
};

// A source whose closed candles are kept on disk, so that a history that was read before is read
// again from there (docs/candle-cache.md). Corrections of the newest 50 closed candles are noticed;
// what the disk refuses is a warning and the candles come from the source. Thread-safe, and safe
// beside other processes with the same folder.
class CachedCandleSource final : public market::CandleHistory {
 public:
  // The references outlive the object.
  CachedCandleSource(CacheOptions options, market::CandleHistory& source, base::Clock& clock,
                     base::Logger& logger)
      : options_(std::move(options)), source_(source), clock_(clock), logger_(logger) {}

  // Always from the source: the newest candles are what changes.
  absl::StatusOr<std::vector<market::Candle>> Newest(const market::CurrencyPair& pair,
                                                     market::Timeframe timeframe, size_t count,
                                                     absl::Time as_of,
                                                     const base::CallContext& context) override;

  // Errors are the source's or the sink's.
  absl::Status Stream(const market::CurrencyPair& pair, market::Timeframe timeframe,
                      absl::Time start, absl::Time end, const market::CandleSink& sink,
                      const market::OnReadProgress& progress,
                      const base::CallContext& context) override;

 private:
  const CacheOptions options_;
  market::CandleHistory& source_;
  base::Clock& clock_;
  base::Logger& logger_;
};

}  // namespace aifx::cache

#endif  // AIFX_CLIENT_CACHE_CACHED_CANDLE_SOURCE_H_
