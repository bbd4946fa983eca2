#ifndef AIFX_CORE_PIPELINE_CONTEXT_SERIES_H_
#define AIFX_CORE_PIPELINE_CONTEXT_SERIES_H_

#include <cstddef>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "core/base/call_context.h"
#include "core/base/violation.h"
#include "core/features/feature_set.h"
#include "core/features/owned_context.h"
#include "core/market/candle.h"
#include "core/market/candle_source.h"

// Candles of other pairs beside those of a request, for feature sets that use them: of the
// request's timeframe, closed, oldest first.
namespace aifx::pipeline {

// What context belongs to.
struct ContextOwner {
  const features::FeatureSet& set;
  const market::CurrencyPair& pair;
  market::Timeframe timeframe;
  absl::Time now;
};

// What a caller gave, checked as the series is: InvalidArgument with every violation, field
// `context_series[i].series.candles[k].high` and so on. Warns CONTEXT_SERIES_NOT_USED of pairs that
// the set does not use.
absl::Status CheckGivenContext(absl::Span<const features::OwnedContextSeries> context,
                               const ContextOwner& owner, size_t max_candles,
                               std::vector<base::Warning>& warnings);

// Reads the pairs that the set uses and `context` lacks, from the first of the series' candles to
// the newest. Blocks. The source's error; FailedPrecondition (BACKEND_CANDLES_INVALID) where its
// candles are not usable.
absl::Status FetchContext(absl::Span<const market::Candle> candles, const ContextOwner& owner,
                          market::CandleSource& source, const base::CallContext& call,
                          std::vector<features::OwnedContextSeries>& context);

// FailedPrecondition (CONTEXT_MISSING), naming the pairs, where the set uses pairs that `context`
// has no candles of. Warns CONTEXT_BEHIND of those that have none at the newest of the series'.
// REQUIRES: there are candles.
absl::Status RequireContext(absl::Span<const market::Candle> candles, const ContextOwner& owner,
                            absl::Span<const features::OwnedContextSeries> context,
                            std::vector<base::Warning>& warnings);

}  // namespace aifx::pipeline

#endif  // AIFX_CORE_PIPELINE_CONTEXT_SERIES_H_
