#include "client/cli/features/context_reader.h"

#include <algorithm>

#include "core/base/status_macros.h"

namespace aifx::cli {
namespace {

// Candles of one read: a page of the backend.
constexpr int kPieceCandles = 5000;

}  // namespace

ContextReader::ContextReader(const features::FeatureSet& set, const market::CurrencyPair& pair,
                             market::Timeframe timeframe, absl::Time start,
                             market::CandleSource& source, const base::CallContext& context)
    : source_(source),
      context_(context),
      timeframe_(timeframe),
      piece_(market::TimeframeDuration(timeframe) * kPieceCandles) {
  for (const market::CurrencyPair& other : set.ContextPairs(pair)) {
    series_.push_back({.pair = other, .read_to = start});
  }
}

absl::Status ContextReader::ReadMore(Series& series) {
  AIFX_ASSIGN_OR_RETURN(series.candles, source_.Range(series.pair, timeframe_, series.read_to,
                                                      series.read_to + piece_, context_));
  series.next = 0;
  series.read_to += piece_;
  return absl::OkStatus();
}

absl::Status ContextReader::AdvanceTo(absl::Time open_time, features::FeatureStream& stream) {
  for (Series& series : series_) {
    // A series that is read from its beginning says nothing of when that is.
    series.read_to = std::max(series.read_to, open_time - piece_);
    while (true) {
      if (series.next == series.candles.size()) {
        if (series.read_to > open_time) break;
        AIFX_RETURN_IF_ERROR(ReadMore(series));
        continue;
      }
      const market::Candle& candle = series.candles[series.next];
      if (candle.open_time > open_time) break;
      AIFX_RETURN_IF_ERROR(stream.AddContext(series.pair, candle));
      ++series.next;
    }
  }
  return absl::OkStatus();
}

}  // namespace aifx::cli
