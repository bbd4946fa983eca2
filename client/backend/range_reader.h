#ifndef AIFX_CLIENT_BACKEND_RANGE_READER_H_
#define AIFX_CLIENT_BACKEND_RANGE_READER_H_

#include <cstdint>
#include <functional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/backend/candle_page.h"
#include "client/backend/range_plan.h"
#include "core/base/call_context.h"
#include "core/market/candle_history.h"

namespace aifx::backend {

// Reads the first page, of at most `limit` candles, of a window. Called from several threads.
using FetchPage = std::function<absl::StatusOr<CandlePage>(const TimeWindow& window, int64_t limit,
                                                           const base::CallContext& context)>;

struct RangeReadOptions {
  int connections = 4;         // pages read at a time, > 0
  int64_t page_size = 10'000;  // candles asked for at a time, > 0
};

// Reads a range of a series and gives its candles to `sink`, oldest first, each once.
//
// The first page tells how many candles there are and how close they lie; the rest is split into
// windows of about one page each (PlanWindows), which up to `connections` threads read while the
// sink, on the calling thread, takes them in order. A window whose page was full continues after
// the page's last candle, so that rows added, removed or corrected meanwhile lead to no gap and no
// duplicate. At most one page a connection is in memory at a time, the one that the sink has
// included. A reply that is too large makes all further pages half as large, down to 100 candles.
//
// A range of one page needs no thread. The first error of a page or of the sink ends the read and
// cancels the others; so does the context, whose deadline holds for every page.
// UNAVAILABLE where an empty page tells of candles: what is missing may not pass for a hole.
absl::Status ReadCandleRange(const FetchPage& fetch, market::Timeframe timeframe, absl::Time start,
                             absl::Time end, const RangeReadOptions& options,
                             const market::CandleSink& sink, const market::OnReadProgress& progress,
                             const base::CallContext& context);

}  // namespace aifx::backend

#endif  // AIFX_CLIENT_BACKEND_RANGE_READER_H_
