#ifndef AIFX_CLIENT_CLI_CANDLES_CSV_H_
#define AIFX_CLIENT_CLI_CANDLES_CSV_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/market/candle.h"

namespace aifx::cli {

// What a candle was in its file.
struct CandleLine {
  size_t number = 0;             // from 1
  std::optional<double> spread;  // its cell of that column, in price units
};

// Candles of a CSV with a header line, in the file's order. Columns by name, in any order:
// timestamp (the open time, UTC), open, high, low, close; volume, spread (in price units) and
// spread_pips may be left out, and their cells empty. Other columns are ignored. InvalidArgument
// names the line and the column, also where the header has one twice; `name` is how messages call
// the file. Whether the candles make sense is for the server to say. `lines`, where given, gets
// the line of each candle.
absl::StatusOr<std::vector<market::Candle>> ParseCandlesCsv(
    absl::string_view text, absl::string_view name, double pip_size,
    std::vector<CandleLine>* lines = nullptr);

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_CANDLES_CSV_H_
