#ifndef AIFX_CORE_MARKET_VALIDATION_H_
#define AIFX_CORE_MARKET_VALIDATION_H_

#include <cstddef>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "core/base/violation.h"
#include "core/market/candle.h"
#include "core/market/timeframe.h"

namespace aifx::market {

inline constexpr size_t kNoVolumeNeeded = static_cast<size_t>(-1);

struct CandleRules {
  size_t min_candles = 1;  // what the feature set and sequence need
  size_t max_candles = 5000;
  absl::Time earliest = absl::FromCivil(absl::CivilYear(1971), absl::UTCTimeZone());
  size_t volume_from = kNoVolumeNeeded;  // candles from this one on must have a volume
};

// What was found in a series that a caller gave.
struct CandleFindings {
  std::vector<base::FieldViolation> violations;  // any: refuse (INVALID_ARGUMENT)
  std::vector<base::Warning> warnings;           // odd but usable
};

// Checks closed candles, oldest first, against the rules of a well-formed series. `now` decides
// what is in the future or still in progress. Fields are named `candles[i].high` and so on.
//
// Violations: too few (the message says how many are needed and how many came) or too many; NaN,
// infinite, zero, negative or absurdly large (>= 1e9) prices; high below low; open or close outside
// [low, high]; a duplicate, unsorted, future or pre-`earliest` open time; a candle that has not
// closed; two candles closer than the timeframe (mixed timeframes); an open time off the UTC grid
// where IsUtcAnchored; negative or non-finite volume or spread; no volume where the rules want one.
// All of them are reported, but of more than 50 only the first 50 and, as the field `candles`, how
// many more there are. A series that is too long is not looked at any further. Warnings (only where
// nothing is violated): INTRAWEEK_GAP (candles missing while the market was open, by the trading
// calendar), UNEVEN_ANCHOR (4h and longer that share an anchor neither in UTC nor in New York).
// Good candles cost a few comparisons each and no allocation.
CandleFindings ValidateCandles(absl::Span<const Candle> candles, Timeframe timeframe,
                               absl::Time now, const CandleRules& rules);

}  // namespace aifx::market

#endif  // AIFX_CORE_MARKET_VALIDATION_H_
