#ifndef AIFX_CORE_FEATURES_OWNED_CONTEXT_H_
#define AIFX_CORE_FEATURES_OWNED_CONTEXT_H_

#include <vector>

#include "core/features/feature_input.h"

namespace aifx::features {

// A ContextSeries with its candles.
struct OwnedContextSeries {
  market::CurrencyPair pair;
  std::vector<market::Candle> candles;
};

// The series as FeatureInput takes them; valid until the candles change.
inline std::vector<ContextSeries> ViewsOf(absl::Span<const OwnedContextSeries> context) {
  std::vector<ContextSeries> views;
  for (const OwnedContextSeries& series : context) views.push_back({series.pair, series.candles});
  return views;
}

}  // namespace aifx::features

#endif  // AIFX_CORE_FEATURES_OWNED_CONTEXT_H_
