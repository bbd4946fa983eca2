#ifndef AIFX_CORE_MARKET_CANDLE_SOURCE_H_
#define AIFX_CORE_MARKET_CANDLE_SOURCE_H_

#include <cstddef>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/base/call_context.h"
#include "core/market/candle.h"
#include "core/market/currency_pair.h"
#include "core/market/timeframe.h"

namespace aifx::market {

// Where candles come from: the backend, or a test's own. Blocks; implementations are thread-safe.
//
// Errors: UNAVAILABLE (source down or not answering), DEADLINE_EXCEEDED, CANCELLED,
// FAILED_PRECONDITION (the source refuses our key), RESOURCE_EXHAUSTED (it limits our requests),
// UNIMPLEMENTED (it has no such data), INTERNAL (an answer that makes no sense). Having fewer
// candles than asked is not an error.
class CandleSource {
 public:
  virtual ~CandleSource() = default;

  // The newest `count` candles that were closed at `as_of`, oldest first; fewer where there are
  // no more. A candle still in progress at `as_of` is dropped.
  virtual absl::StatusOr<std::vector<Candle>> Newest(const CurrencyPair& pair, Timeframe timeframe,
                                                     size_t count, absl::Time as_of,
                                                     const base::CallContext& context) = 0;

  // All candles with start <= open_time < end, oldest first.
  virtual absl::StatusOr<std::vector<Candle>> Range(const CurrencyPair& pair, Timeframe timeframe,
                                                    absl::Time start, absl::Time end,
                                                    const base::CallContext& context) = 0;
};

// Drops the candles at the end that were not closed at `as_of`. REQUIRES: oldest first.
inline void DropInProgress(Timeframe timeframe, absl::Time as_of, std::vector<Candle>& candles) {
  while (!candles.empty() && CloseTime(timeframe, candles.back().open_time) > as_of) {
    candles.pop_back();
  }
}

}  // namespace aifx::market

#endif  // AIFX_CORE_MARKET_CANDLE_SOURCE_H_
