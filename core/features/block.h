#ifndef AIFX_CORE_FEATURES_BLOCK_H_
#define AIFX_CORE_FEATURES_BLOCK_H_

#include <array>
#include <cstddef>

#include "absl/types/span.h"
#include "core/market/candle.h"

namespace aifx::features {

// Features are computed in blocks of consecutive candles, a column at a time: every intermediate
// series then stays in the processor's cache, and no call allocates.
inline constexpr size_t kBlockCandles = 320;

// Value i of a series belongs to candle i of the block. An indicator leaves the values before its
// first complete window as they are.
using Series = std::array<double, kBlockCandles>;

// The candles of one block, column by column.
struct CandleBlock {
  size_t size = 0;
  Series open;
  Series high;
  Series low;
  Series close;
  Series log_close;     // natural logarithm
  Series open_seconds;  // whole Unix seconds of the open time

  // REQUIRES: candles.size() <= kBlockCandles, closes > 0.
  void Load(absl::Span<const market::Candle> candles);
};

}  // namespace aifx::features

#endif  // AIFX_CORE_FEATURES_BLOCK_H_
