#include "core/market/candle_history.h"

#include <algorithm>

#include "core/base/status_macros.h"

namespace aifx::market {
namespace {

// What a source expects is its word alone: room is made for no more than this in advance.
constexpr int64_t kMostReserved = 1 << 20;

}  // namespace

absl::StatusOr<std::vector<Candle>> CandleHistory::Range(const CurrencyPair& pair,
                                                         Timeframe timeframe, absl::Time start,
                                                         absl::Time end,
                                                         const base::CallContext& context) {
  std::vector<Candle> candles;
  const auto append = [&](absl::Span<const Candle> next) {
    candles.insert(candles.end(), next.begin(), next.end());
    return absl::OkStatus();
  };
  const auto make_room = [&](const ReadProgress& progress) {
    if (!candles.empty()) return;
    candles.reserve(static_cast<size_t>(std::clamp<int64_t>(progress.expected, 0, kMostReserved)));
  };
  AIFX_RETURN_IF_ERROR(Stream(pair, timeframe, start, end, append, make_room, context));
  return candles;
}

}  // namespace aifx::market
