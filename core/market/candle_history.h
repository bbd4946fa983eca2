#ifndef AIFX_CORE_MARKET_CANDLE_HISTORY_H_
#define AIFX_CORE_MARKET_CANDLE_HISTORY_H_

#include <cstdint>
#include <functional>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "core/market/candle_source.h"

namespace aifx::market {

// Takes the next candles of a read; an error ends it. The span is valid during the call only.
using CandleSink = std::function<absl::Status(absl::Span<const Candle>)>;

// How far a read has come.
struct ReadProgress {
  int64_t candles = 0;   // handed over so far
  int64_t expected = 0;  // in the whole read, as far as is known by now; may change on the way
};
using OnReadProgress = std::function<void(const ReadProgress&)>;

// A CandleSource for histories longer than one wants to hold in memory.
class CandleHistory : public CandleSource {
 public:
  // All candles with start <= open_time < end, given to `sink` oldest first and in pieces. `sink`
  // and `progress` (may be null; called before the first candle too) run on the calling thread.
  // Errors as Range, or the sink's; the sink may have had a first part of the candles by then.
  virtual absl::Status Stream(const CurrencyPair& pair, Timeframe timeframe, absl::Time start,
                              absl::Time end, const CandleSink& sink,
                              const OnReadProgress& progress, const base::CallContext& context) = 0;

  // The same in one vector.
  absl::StatusOr<std::vector<Candle>> Range(const CurrencyPair& pair, Timeframe timeframe,
                                            absl::Time start, absl::Time end,
                                            const base::CallContext& context) override;
};

}  // namespace aifx::market

#endif  // AIFX_CORE_MARKET_CANDLE_HISTORY_H_
