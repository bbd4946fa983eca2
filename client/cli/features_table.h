#ifndef AIFX_CLIENT_CLI_FEATURES_TABLE_H_
#define AIFX_CLIENT_CLI_FEATURES_TABLE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/features/feature_set.h"
#include "core/market/candle.h"

namespace aifx::cli {

// Checks candles of a file whose pair and timeframe nobody named: positive finite prices in order
// (low <= open, close <= high), volumes and spreads >= 0, ascending open times, and the newest one
// closed at `now`, taking the shortest step between two candles for their duration. InvalidArgument
// names file, line, column and value; candle i stands in line lines[i] of `name`.
absl::Status CheckCandleLines(absl::Span<const market::Candle> candles,
                              absl::Span<const size_t> lines, absl::string_view name,
                              absl::Time now);

// The features of a series as CSV text.
struct FeatureTable {
  std::string csv;  // timestamp (RFC 3339, UTC) and the set's columns by name
  size_t rows = 0;
  // Rows left out because a value is undefined (0/0, no volume), and the first such value.
  size_t undefined_rows = 0;
  size_t undefined_candle = 0;
  std::string undefined_column;
};

// Rows from the end of the warm-up on; numbers in the shortest form that reads back as the same
// double. FailedPrecondition where no row is left, or the candles of a context pair are missing.
// REQUIRES: CheckCandleLines passed for all candles, the set uses every context series.
absl::StatusOr<FeatureTable> MakeFeatureTable(const features::FeatureSet& set,
                                              const features::FeatureInput& input);

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_FEATURES_TABLE_H_
