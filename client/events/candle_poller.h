#ifndef AIFX_CLIENT_EVENTS_CANDLE_POLLER_H_
#define AIFX_CLIENT_EVENTS_CANDLE_POLLER_H_

#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "core/base/call_context.h"
#include "core/base/clock.h"
#include "core/market/candle_source.h"
#include "core/market/trading_calendar.h"
#include "core/records/candle_events.h"

namespace aifx::events {

// When to look for new candles, and what was found: around the time at which the next candle of a
// series closes (closed hours skipped), then, while it is not there yet, after waits that double.
// Used by one thread; its arguments outlive it.
class CandlePoller {
 public:
  struct Options {
    absl::Duration lag = absl::Seconds(2);  // from a candle's close to its first look
    absl::Duration call_timeout = absl::Seconds(10);
  };
  using Emit = std::function<void(const records::CandleEvent&)>;

  CandlePoller(market::CandleSource& source, base::Clock& clock, Options options)
      : source_(source), clock_(clock), options_(options) {}

  // Looks for those of the `watched` series that are due, emits what is new, and returns when the
  // next look is due (the infinite future where nothing is watched). The first look of a series
  // finds out where it stands and emits nothing. `context` cancels a look.
  absl::Time Poll(const std::vector<records::CandleSeriesId>& watched,
                  const base::CallContext& context, const Emit& emit);

 private:
  struct Standing {
    absl::Time due = absl::InfinitePast();
    std::optional<absl::Time> newest;  // open time of the newest candle seen
    int misses = 0;                    // looks without a new candle since one was due
  };

  void Look(const records::CandleSeriesId& series, const base::CallContext& context,
            const Emit& emit, Standing& standing);
  absl::Time NextLook(const records::CandleSeriesId& series, bool found, Standing& standing);

  market::CandleSource& source_;
  base::Clock& clock_;
  const Options options_;
  const market::TradingCalendar calendar_;
  std::map<records::CandleSeriesId, Standing> standings_;
};

}  // namespace aifx::events

#endif  // AIFX_CLIENT_EVENTS_CANDLE_POLLER_H_
