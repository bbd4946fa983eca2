#ifndef AIFX_CORE_MARKET_CANDLE_WINDOW_H_
#define AIFX_CORE_MARKET_CANDLE_WINDOW_H_

#include <cstddef>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "core/market/candle.h"

namespace aifx::market {

// The newest closed candles of one (pair, timeframe), oldest first, at most `capacity` of them.
// Thread-compatible: concurrent const use is safe.
class CandleWindow {
 public:
  explicit CandleWindow(size_t capacity);  // REQUIRES: capacity > 0

  // Appends a candle; drops the oldest one where the window is full. InvalidArgument unless its
  // open_time is later than the newest one's. Gaps are legal (weekends).
  absl::Status Push(const Candle& candle);

  // The candles, oldest first; valid until the next Push.
  absl::Span<const Candle> candles() const;
  size_t size() const { return candles().size(); }
  size_t capacity() const { return capacity_; }

 private:
  size_t capacity_;
  size_t start_ = 0;
  // Contiguous; the front [0, start_) is already dropped and reclaimed now and then.
  std::vector<Candle> buffer_;
};

}  // namespace aifx::market

#endif  // AIFX_CORE_MARKET_CANDLE_WINDOW_H_
