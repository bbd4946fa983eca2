#include "client/cli/features/series_reader.h"

#include "client/cli/series_check.h"
#include "core/base/status_macros.h"

namespace aifx::cli {

absl::StatusOr<absl::Time> StartOfHistory(const FeaturesPlan& plan, const SeriesKey& key,
                                          market::CandleSource& source,
                                          const base::CallContext& context) {
  const size_t before = plan.set->CandlesWanted(1) - 1;
  if (plan.from == absl::InfinitePast() || before == 0) return plan.from;
  AIFX_ASSIGN_OR_RETURN(const std::vector<market::Candle> older,
                        source.Newest(key.pair, key.timeframe, before, plan.from, context));
  return older.empty() ? plan.from : older.front().open_time;
}

absl::StatusOr<ReadCounts> ReadSeries(const FeaturesPlan& plan, const SeriesKey& key,
                                      absl::Time start, market::CandleHistory& source,
                                      market::QualityChecker* checker, const EachCandle& each,
                                      const market::OnReadProgress& progress,
                                      const base::CallContext& context) {
  ReadCounts counts;
  UsableCandles usable;
  const auto take = [&](const market::Candle& candle) {
    if (market::CloseTime(key.timeframe, candle.open_time) > plan.as_of) {
      ++counts.in_progress;
      return absl::OkStatus();
    }
    if (checker != nullptr) checker->Add(candle);
    if (!usable.Take(candle)) return absl::OkStatus();
    ++counts.used;
    return each(candle);
  };
  const auto sink = [&](absl::Span<const market::Candle> candles) {
    if (context.IsCancelled()) return absl::CancelledError("interrupted");
    for (const market::Candle& candle : candles) AIFX_RETURN_IF_ERROR(take(candle));
    return absl::OkStatus();
  };
  AIFX_RETURN_IF_ERROR(
      source.Stream(key.pair, key.timeframe, start, plan.to, sink, progress, context));
  counts.unusable = usable.left_out();
  return counts;
}

}  // namespace aifx::cli
