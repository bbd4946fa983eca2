#ifndef AIFX_CLIENT_CACHE_CACHED_READ_H_
#define AIFX_CLIENT_CACHE_CACHED_READ_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/cache/series_file.h"
#include "client/cache/time_ranges.h"
#include "core/market/candle_history.h"

namespace aifx::cache {

// Candles that are read again where a known range ends, to notice corrections; four times as many
// more, and again, as long as they disagree.
inline constexpr size_t kReread = 50;

// One read through the cache: docs/candle-cache.md, "A read". Used once, by one thread.
class CachedRead {
 public:
  struct Request {
    const market::CurrencyPair& pair;
    market::Timeframe timeframe;
    TimeRange range;
    absl::Time now;  // candles that close later are not kept
    const market::CandleSink& sink;
    const market::OnReadProgress& progress;
    const base::CallContext& context;
  };
  // All outlive the read.
  CachedRead(SeriesFile& file, market::CandleHistory& source, const Request& request)
      : file_(file), source_(source), request_(request) {}

  // As CandleHistory::Stream.
  absl::Status Run();

 private:
  // Forgets what is known of the series from the first candle on that is no longer so, judged by
  // the newest ones of `known`, as far as the request goes.
  absl::Status Confirm(const TimeRange& known);
  absl::Status DeliverParts(const std::vector<TimeRanges::Part>& parts);
  absl::Status DeliverKnown(const TimeRange& range);
  // From the source.
  absl::Status DeliverHole(const TimeRange& range);
  void KeepHole(const TimeRange& hole, const TimeRange& candles, bool whole);
  absl::Status Deliver(absl::Span<const market::Candle> candles);
  void ReportProgress(int64_t expected_of_part) const;

  SeriesFile& file_;
  market::CandleHistory& source_;
  const Request& request_;
  bool forgot_ = false;  // something that the file says
  int64_t delivered_ = 0;
  int64_t expected_later_ = 0;  // in the known parts after the one at hand
};

}  // namespace aifx::cache

#endif  // AIFX_CLIENT_CACHE_CACHED_READ_H_
