#include "client/cli/features/context_reader.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"

namespace aifx::cli {
namespace {

// Candles of one read: a page of the backend.
constexpr int kPieceCandles = 5000;

}  // namespace

ContextReader::ContextReader(const ContextUser& user, market::CandleSource& source,
                             const base::CallContext& context)
    : source_(source),
      context_(context),
      timeframe_(user.timeframe),
      piece_(market::TimeframeDuration(user.timeframe) * kPieceCandles) {
  for (const market::CurrencyPair& other : user.set.ContextPairs(user.pair)) {
    series_.push_back({.pair = other, .read_to = user.first});
  }
}

absl::Status ContextReader::ReadMore(Series& series) {
  AIFX_ASSIGN_OR_RETURN(series.candles, source_.Range(series.pair, timeframe_, series.read_to,
                                                      series.read_to + piece_, context_));
  std::erase_if(series.candles,
                [&](const market::Candle& candle) { return !series.usable.Take(candle); });
  series.next = 0;
  series.read_to += piece_;
  return absl::OkStatus();
}

absl::StatusOr<std::optional<market::Candle>> ContextReader::PassTo(absl::Time open_time,
                                                                    Series& series) {
  std::optional<market::Candle> newest;
  while (true) {
    for (; series.next < series.candles.size(); ++series.next, ++series.passed) {
      if (series.candles[series.next].open_time > open_time) return newest;
      newest = series.candles[series.next];
    }
    if (series.read_to > open_time) return newest;
    AIFX_RETURN_IF_ERROR(ReadMore(series));
  }
}

absl::Status ContextReader::AdvanceTo(absl::Time open_time, features::FeatureStream& stream) {
  for (Series& series : series_) {
    AIFX_ASSIGN_OR_RETURN(const std::optional<market::Candle> newest, PassTo(open_time, series));
    if (newest.has_value()) AIFX_RETURN_IF_ERROR(stream.AddContext(series.pair, *newest));
  }
  return absl::OkStatus();
}

absl::Status ContextReader::CheckUnchanged(const std::vector<JudgedContext>& judged) const {
  for (size_t i = 0; i < series_.size(); ++i) {
    if (series_[i].passed == judged[i].used) continue;
    return absl::AbortedError(absl::StrCat(
        "the candles of ", series_[i].pair.ToString(), " changed while they were read (",
        judged[i].used, " before, ", series_[i].passed, " now): run the job again"));
  }
  return absl::OkStatus();
}

}  // namespace aifx::cli
