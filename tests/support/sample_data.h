#ifndef AIFX_TESTS_SUPPORT_SAMPLE_DATA_H_
#define AIFX_TESTS_SUPPORT_SAMPLE_DATA_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/market/candle.h"
#include "core/market/currency_pair.h"

namespace aifx::testing {

// The pair of the sample data, EUR/USD; its candles are of 1h.
market::CurrencyPair SamplePair();

// The path of examples/data/eurusd_1h.csv; tests run in the repository's root.
std::string SampleDataPath();

// Candles of a file with the columns `timestamp,open,high,low,close,spread` (spread in price
// units), oldest first. `pair` decides how large a pip is. InvalidArgument naming the line
// otherwise.
absl::StatusOr<std::vector<market::Candle>> ReadSampleCandles(const std::string& path,
                                                              const market::CurrencyPair& pair);

// All candles of the sample data. Ends the process with a message where they cannot be read.
std::vector<market::Candle> SampleCandles();

}  // namespace aifx::testing

#endif  // AIFX_TESTS_SUPPORT_SAMPLE_DATA_H_
