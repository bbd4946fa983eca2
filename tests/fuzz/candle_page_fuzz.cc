// A page of candles that the fast decoder accepts is the page that the slow one reads.
#include <algorithm>
#include <bit>

#include "client/backend/candle_decoder.h"
#include "client/backend/candle_page.h"
#include "client/backend/envelope.h"
#include "tests/fuzz/fuzz.h"

namespace {

using aifx::market::Candle;

bool SameBits(double a, double b) {
  return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b);
}

bool SameOptional(const std::optional<double>& a, const std::optional<double>& b) {
  return a.has_value() == b.has_value() && (!a.has_value() || SameBits(*a, *b));
}

bool Same(const Candle& a, const Candle& b) {
  return a.open_time == b.open_time && SameBits(a.open, b.open) && SameBits(a.high, b.high) &&
         SameBits(a.low, b.low) && SameBits(a.close, b.close) && SameOptional(a.volume, b.volume) &&
         SameOptional(a.spread_pips, b.spread_pips);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using aifx::fuzz::Require;
  const std::string body(reinterpret_cast<const char*>(data), size);
  const auto fast = aifx::backend::DecodeCandlePage(body, 0.0001);
  const auto envelope = aifx::backend::ParseEnvelope(body);
  if (!envelope.has_value() || !envelope->success) {
    Require(!fast.has_value(), "no page without a good envelope");
    return 0;
  }
  const auto slow = aifx::backend::CandlePageOf(envelope->data, 0.0001);
  if (!fast.has_value()) return 0;
  Require(slow.ok(), "what the fast decoder accepts, the slow one does");
  Require(slow->total == fast->total, "the same total");
  Require(std::equal(slow->candles.begin(), slow->candles.end(), fast->candles.begin(),
                     fast->candles.end(), Same),
          "the same candles");
  return 0;
}
