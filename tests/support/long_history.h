#ifndef AIFX_TESTS_SUPPORT_LONG_HISTORY_H_
#define AIFX_TESTS_SUPPORT_LONG_HISTORY_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "core/market/candle.h"

namespace aifx::testing {

// Real hourly candles of EUR/USD, oldest first, for tests and benchmarks that need many.
struct LongHistory {
  std::string path;  // the file they are from
  std::vector<market::Candle> candles;
};

// The newest `count` of ../shared/data (50,000 and more), where that folder is beside the
// repository; else of the 20,000 in examples/data. Ends the process with a message where neither
// can be read.
LongHistory ReadLongHistory(size_t count);

// Writes candles of EUR/USD in the form of the sample data, which the reference backend loads:
// prices and spread with 5 decimals.
absl::Status WriteSeed(const std::string& path, const std::vector<market::Candle>& candles);

}  // namespace aifx::testing

#endif  // AIFX_TESTS_SUPPORT_LONG_HISTORY_H_
