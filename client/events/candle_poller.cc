#include "client/events/candle_poller.h"

#include <algorithm>

namespace aifx::events {
namespace {

// Enough for what closes between two looks; after an outage the newest few say all that matters.
constexpr size_t kCandlesPerLook = 8;

// Between looks for a candle that is late: 2 s, doubling to a quarter of the timeframe, 5 minutes
// at most.
absl::Duration MissDelay(market::Timeframe timeframe, int misses) {
  const absl::Duration most = std::min(absl::Minutes(5), market::TimeframeDuration(timeframe) / 4);
  absl::Duration delay = absl::Seconds(2);
  for (int i = 1; i < misses && delay < most; ++i) delay *= 2;
  return std::min(delay, most);
}

}  // namespace

absl::Time CandlePoller::Poll(const std::vector<records::CandleSeriesId>& watched,
                              const base::CallContext& context, const Emit& emit) {
  std::erase_if(standings_, [&](const auto& entry) {
    return !std::binary_search(watched.begin(), watched.end(), entry.first);
  });
  absl::Time next = absl::InfiniteFuture();
  for (const records::CandleSeriesId& series : watched) {
    Standing& standing = standings_[series];
    if (standing.due <= clock_.Now() && !context.IsCancelled()) {
      Look(series, context, emit, standing);
    }
    next = std::min(next, standing.due);
  }
  return next;
}

void CandlePoller::Look(const records::CandleSeriesId& series, const base::CallContext& context,
                        const Emit& emit, Standing& standing) {
  base::CallContext call = context;
  call.deadline = clock_.Now() + options_.call_timeout;
  const auto candles =
      source_.Newest(series.pair, series.timeframe, kCandlesPerLook, clock_.Now(), call);
  bool found = false;
  if (candles.ok() && !candles->empty()) {
    found = !standing.newest.has_value() || candles->back().open_time > *standing.newest;
    for (const market::Candle& candle : *candles) {
      if (standing.newest.has_value() && candle.open_time > *standing.newest) {
        emit({series, candle.open_time, clock_.Now()});
      }
    }
    if (found) standing.newest = candles->back().open_time;
  }
  standing.due = NextLook(series, found, standing);
}

absl::Time CandlePoller::NextLook(const records::CandleSeriesId& series, bool found,
                                  Standing& standing) {
  const absl::Time now = clock_.Now();
  if (found) {
    standing.misses = 0;
    const absl::Time next_close = calendar_.HorizonEnd(
        series.timeframe, market::CloseTime(series.timeframe, *standing.newest), 1);
    if (next_close + options_.lag > now) return next_close + options_.lag;
  }
  ++standing.misses;
  return now + MissDelay(series.timeframe, standing.misses);
}

}  // namespace aifx::events
