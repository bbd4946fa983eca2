#ifndef AIFX_CLIENT_CLI_FEATURES_SURVEY_H_
#define AIFX_CLIENT_CLI_FEATURES_SURVEY_H_

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/context_check.h"
#include "client/cli/features/series_reader.h"

namespace aifx::cli {

// What a series is like before anything is written: the job reads it once for this.
struct SeriesSurvey {
  absl::Time start;  // of what is read
  ReadCounts read;
  absl::Time first, last;  // open times of the candles used
  int64_t before = 0;      // of them, those that open before plan.from
  market::QualityReport quality;
  market::QualityVerdict verdict;
  // Rows behind the warm-up, those that turn out to be undefined included.
  RowRange range;
  std::array<int64_t, kParts> rows_of_part{};
  // From this row on nothing depends on where the series starts; absent where no row is.
  std::optional<absl::Time> full_memory_from;
  // The pairs that the set uses too, over the same time.
  std::vector<JudgedContext> context;

  ContextUser ContextUserOf(const FeaturesPlan& plan, const SeriesKey& key) const {
    return {*plan.set, key.pair, key.timeframe, first, last};
  }
};

// Reads a series once, and those of the other pairs that its set uses. OutOfRange, with the
// numbers, where it is too short for a row; FailedPrecondition where the rules of
// docs/data-quality.md refuse it or a context series, or where a context pair has no candles;
// InvalidArgument where a split lies outside of it; else as the source's errors.
absl::StatusOr<SeriesSurvey> SurveySeries(const FeaturesPlan& plan, const SeriesKey& key,
                                          market::CandleHistory& source,
                                          const market::OnReadProgress& progress,
                                          const base::CallContext& context);

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_FEATURES_SURVEY_H_
