#ifndef AIFX_CORE_FEATURES_CONTEXT_FEED_H_
#define AIFX_CORE_FEATURES_CONTEXT_FEED_H_

#include <cstddef>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "core/features/feature_set.h"

namespace aifx::features {

// Hands context series to a stream as its series goes on: whoever has both in memory calls Next
// here instead of there. Both outlive it, and so do the candles.
class ContextFeed {
 public:
  ContextFeed(FeatureStream& stream, absl::Span<const ContextSeries> context)
      : stream_(stream), context_(context.begin(), context.end()), next_(context.size()) {}

  // Gives the stream of each context series the last candle that opened no later than `candle`,
  // where it is a new one, then `candle` itself: a row depends on no other, so the rows are those
  // of Compute however long the context is. The stream's row, or the error of
  // FeatureStream::AddContext.
  absl::StatusOr<absl::Span<const double>> Next(const market::Candle& candle);

 private:
  FeatureStream& stream_;
  std::vector<ContextSeries> context_;
  std::vector<size_t> next_;  // of each series: the first candle not given yet
};

// The pairs that `set` uses beside those of `pair`; null: of a pair that nobody names, which is
// asked for all of them.
std::vector<market::CurrencyPair> ContextPairsOf(const FeatureSet& set,
                                                 const market::CurrencyPair* pair);

// FailedPrecondition, naming the set and every pair, where the input lacks the candles of a pair
// of set.ContextPairs.
absl::Status CheckContext(const FeatureSet& set, const FeatureInput& input);

}  // namespace aifx::features

#endif  // AIFX_CORE_FEATURES_CONTEXT_FEED_H_
