#ifndef AIFX_CLIENT_BACKEND_CANDLE_DECODER_H_
#define AIFX_CLIENT_BACKEND_CANDLE_DECODER_H_

#include <cstddef>
#include <optional>
#include <string>

#include "client/backend/candle_page.h"

namespace aifx::backend {

// The page in the body of a successful reply of GET /training-data/market/:pair, envelope included,
// read in one pass without building a document of it. Gives what CandlePageOf gives, or nothing
// where the body is anything but a well-formed page (a failure's envelope, another server's JSON, a
// wrong or doubled member): then the slower way finds the words for it. `pip_size` is the pair's,
// in price units; room is made for `expected` candles.
std::optional<CandlePage> DecodeCandlePage(const std::string& body, double pip_size,
                                           size_t expected = 0);

}  // namespace aifx::backend

#endif  // AIFX_CLIENT_BACKEND_CANDLE_DECODER_H_
