#ifndef AIFX_CLIENT_CLI_FEATURES_TABLE_H_
#define AIFX_CLIENT_CLI_FEATURES_TABLE_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "client/cli/candles_csv.h"
#include "client/cli/features/feature_rows.h"
#include "client/table/table_writer.h"
#include "core/base/call_context.h"
#include "core/features/feature_set.h"
#include "core/market/candle.h"

namespace aifx::cli {

// Checks candles of a file whose pair and timeframe nobody named: positive finite prices in order
// (low <= open, close <= high), volumes and spreads >= 0, ascending open times, and the newest one
// closed at `now`, taking the shortest step between two candles for their duration. InvalidArgument
// names file, line, column and value as they are there; candle i stands in lines[i] of `name`.
absl::Status CheckCandleLines(absl::Span<const market::Candle> candles,
                              absl::Span<const CandleLine> lines, absl::string_view name,
                              absl::Time now);

// What was written of a series.
struct FeatureTable {
  size_t rows = 0;
  DroppedRows dropped;
};

// Writes the features of a series from the end of the warm-up on; does not close `writer`.
// FailedPrecondition where there is no row, or the candles of a context pair are missing; Cancelled
// where `context` is.
// REQUIRES: CheckCandleLines passed for all candles, the set uses every context series.
absl::StatusOr<FeatureTable> WriteFeatureTable(const features::FeatureSet& set,
                                               const features::FeatureInput& input,
                                               table::TableWriter& writer,
                                               const base::CallContext& context);

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_FEATURES_TABLE_H_
