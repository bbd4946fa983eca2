#ifndef AIFX_CLIENT_CLI_FEATURES_SERIES_READER_H_
#define AIFX_CLIENT_CLI_FEATURES_SERIES_READER_H_

#include <cstdint>
#include <functional>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/cli/features/features_options.h"
#include "core/base/call_context.h"
#include "core/market/candle_history.h"
#include "core/market/series_quality.h"

namespace aifx::cli {

// Takes one candle; an error ends the read.
using EachCandle = std::function<absl::Status(const market::Candle&)>;

struct ReadCounts {
  int64_t used = 0;         // given on
  int64_t in_progress = 0;  // left out: not closed yet
  int64_t unusable = 0;     // left out: impossible prices, or misplaced
  bool operator==(const ReadCounts&) const = default;
};

// Where the candles begin that the rows from plan.from on depend on: memory() - 1 before it, or the
// first there is. As the source's errors.
absl::StatusOr<absl::Time> StartOfHistory(const FeaturesPlan& plan, const SeriesKey& key,
                                          market::CandleSource& source,
                                          const base::CallContext& context);

// Gives the closed candles of [start, plan.to) to `each`, oldest first; to `checker` (may be null)
// the ones that cannot be used too. Holds no more than the source's piece.
absl::StatusOr<ReadCounts> ReadSeries(const FeaturesPlan& plan, const SeriesKey& key,
                                      absl::Time start, market::CandleHistory& source,
                                      market::QualityChecker* checker, const EachCandle& each,
                                      const market::OnReadProgress& progress,
                                      const base::CallContext& context);

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_FEATURES_SERIES_READER_H_
