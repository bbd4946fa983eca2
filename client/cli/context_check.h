#ifndef AIFX_CLIENT_CLI_CONTEXT_CHECK_H_
#define AIFX_CLIENT_CLI_CONTEXT_CHECK_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/base/call_context.h"
#include "core/features/feature_set.h"
#include "core/market/candle_history.h"
#include "core/market/series_quality.h"

namespace aifx::cli {

// What the candles of a pair that a feature set uses beside a series' own are like.
struct JudgedContext {
  market::CurrencyPair pair;
  int64_t used = 0;      // candles that UsableCandles lets through
  int64_t left_out = 0;  // those that it does not
  market::QualityReport quality;
  market::QualityVerdict verdict;
};

// The series that a feature set uses other pairs beside.
struct ContextUser {
  const features::FeatureSet& set;
  market::CurrencyPair pair;
  market::Timeframe timeframe;
  absl::Time first, last;  // open times of its candles
};

// Reads the candles of every context pair from user.first to user.last, both included, and judges
// them by the rules for the series itself (docs/data-quality.md): a context series whose clock is
// wrong would show a model the future. In the order of FeatureSet::ContextPairs; none for a set
// that uses no others. FailedPrecondition, naming the pair, where it has no usable candle there, or
// where the rules refuse it and `allow_bad_data` does not; Cancelled; else as the source's errors.
// Memory does not grow with the series. `progress` (may be null) is told of each read.
absl::StatusOr<std::vector<JudgedContext>> JudgeContext(const ContextUser& user,
                                                        bool allow_bad_data,
                                                        market::CandleHistory& source,
                                                        const market::OnReadProgress& progress,
                                                        const base::CallContext& context);

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_CONTEXT_CHECK_H_
