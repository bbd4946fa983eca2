#ifndef AIFX_CLIENT_BACKEND_CANDLE_PAGE_H_
#define AIFX_CLIENT_BACKEND_CANDLE_PAGE_H_

#include <cstdint>
#include <nlohmann/json.hpp>
#include <vector>

#include "absl/status/statusor.h"
#include "core/market/candle.h"

namespace aifx::backend {

// One page of GET /training-data/market/:pair.
struct CandlePage {
  std::vector<market::Candle> candles;  // ascending by open time
  int64_t total = 0;                    // matching candles, over all pages
};

// The page in a reply's `data`. `pip_size` is the pair's, in price units. INTERNAL, naming the
// field and its value (`marketData[17].open is "abc"`), for JSON that is not what the contract
// says. candle_decoder.h reads well-formed pages several times faster.
absl::StatusOr<CandlePage> CandlePageOf(const nlohmann::json& data, double pip_size);

}  // namespace aifx::backend

#endif  // AIFX_CLIENT_BACKEND_CANDLE_PAGE_H_
