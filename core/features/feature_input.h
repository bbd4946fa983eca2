#ifndef AIFX_CORE_FEATURES_FEATURE_INPUT_H_
#define AIFX_CORE_FEATURES_FEATURE_INPUT_H_

#include <vector>

#include "absl/types/span.h"
#include "core/market/candle.h"
#include "core/market/currency_pair.h"

namespace aifx::features {

// Candles of another pair beside those of a series, of the same timeframe, oldest first. It may
// begin earlier and end later than the series: what a candle may use of it is decided by open times
// (context_alignment.h).
struct ContextSeries {
  market::CurrencyPair pair;
  absl::Span<const market::Candle> candles;
};

// What features are computed from; refers to its parts. Most sets use the candles alone, so candles
// are an input by themselves.
struct FeatureInput {
  FeatureInput() = default;
  FeatureInput(absl::Span<const market::Candle> series) : candles(series) {}    // NOLINT: implicit
  FeatureInput(const std::vector<market::Candle>& series) : candles(series) {}  // NOLINT: implicit
  FeatureInput(absl::Span<const market::Candle> series, const market::CurrencyPair* series_pair,
               absl::Span<const ContextSeries> others)
      : candles(series), pair(series_pair), context(others) {}

  absl::Span<const market::Candle> candles;
  // The pair of the candles; null: one that is no context pair of any set.
  const market::CurrencyPair* pair = nullptr;
  // Those of FeatureSet::ContextPairs, in any order; others are passed over.
  absl::Span<const ContextSeries> context;
};

}  // namespace aifx::features

#endif  // AIFX_CORE_FEATURES_FEATURE_INPUT_H_
