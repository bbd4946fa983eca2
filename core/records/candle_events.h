#ifndef AIFX_CORE_RECORDS_CANDLE_EVENTS_H_
#define AIFX_CORE_RECORDS_CANDLE_EVENTS_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "core/market/currency_pair.h"
#include "core/market/timeframe.h"

namespace aifx::records {

// A pair at a timeframe.
struct CandleSeriesId {
  market::CurrencyPair pair;
  market::Timeframe timeframe;
  auto operator<=>(const CandleSeriesId&) const = default;
};

// A candle that its source says is new. It is a reason to read the newest closed candles, not a
// replacement for it: an event can be lost, come twice, and come before its candle has closed.
struct CandleEvent {
  CandleSeriesId series;
  absl::Time open_time;    // the candle's timestamp
  absl::Time observed_at;  // when this engine learned of it
};

// Events of one subscriber, in a bounded queue: where they are not taken in time, the oldest is
// dropped. Ends when it is destroyed. Thread-safe.
class CandleSubscription {
 public:
  virtual ~CandleSubscription() = default;
  // The oldest event that waits; nothing where none came within `timeout` of steady time, and at
  // once after Interrupt (one time) and after Close.
  virtual std::optional<CandleEvent> Next(absl::Duration timeout) = 0;
  // Wakes whoever waits in Next, or who waits next; the subscription goes on.
  virtual void Interrupt() = 0;
  // Ends the subscription and wakes whoever waits in Next. Idempotent.
  virtual void Close() = 0;
  // Events that were dropped so far.
  virtual int64_t dropped() const = 0;
};

// Where new candles are announced: by Redis, or found by polling. client/events implements it.
// Thread-safe; outlives its subscriptions.
class CandleEvents {
 public:
  virtual ~CandleEvents() = default;
  // Events of these series from now on. Never blocks; a source that is down is a subscription
  // without events.
  virtual std::unique_ptr<CandleSubscription> Subscribe(std::vector<CandleSeriesId> series) = 0;
};

}  // namespace aifx::records

#endif  // AIFX_CORE_RECORDS_CANDLE_EVENTS_H_
