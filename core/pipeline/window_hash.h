#ifndef AIFX_CORE_PIPELINE_WINDOW_HASH_H_
#define AIFX_CORE_PIPELINE_WINDOW_HASH_H_

#include <cstdint>
#include <utility>

#include "absl/types/span.h"
#include "core/features/owned_context.h"
#include "core/market/candle.h"

namespace aifx::pipeline {

// 128 bits that stand for the content of a window of candles.
struct WindowHash {
  uint64_t low = 0;
  uint64_t high = 0;

  friend bool operator==(const WindowHash&, const WindowHash&) = default;
  template <typename H>
  friend H AbslHashValue(H state, const WindowHash& hash) {
    return H::combine(std::move(state), hash.low, hash.high);
  }
};

// Hashes every value of every candle: equal windows have equal hashes, and windows that differ in a
// bit have different ones but for a chance of 2^-128 that a caller who does not know `seed` cannot
// raise. About 10 ns a candle. Not for storing: the function may change with a release.
WindowHash HashWindow(absl::Span<const market::Candle> candles, uint64_t seed);

// The same where a feature set uses other pairs too: of the pair, its window, and those of others.
WindowHash HashWindow(const market::CurrencyPair& pair, absl::Span<const market::Candle> candles,
                      absl::Span<const features::OwnedContextSeries> context, uint64_t seed);

}  // namespace aifx::pipeline

#endif  // AIFX_CORE_PIPELINE_WINDOW_HASH_H_
