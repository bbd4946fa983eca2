#ifndef AIFX_CORE_PIPELINE_NEWEST_CANDLES_H_
#define AIFX_CORE_PIPELINE_NEWEST_CANDLES_H_

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "core/base/mutex.h"
#include "core/market/candle.h"
#include "core/market/currency_pair.h"
#include "core/market/timeframe.h"
#include "core/market/trading_calendar.h"

namespace aifx::pipeline {

// Which candles.
struct SeriesKey {
  market::CurrencyPair pair;
  market::Timeframe timeframe;

  friend auto operator<=>(const SeriesKey&, const SeriesKey&) = default;
};

// Candles that several requests read; null where there are none.
using SharedCandles = std::shared_ptr<const std::vector<market::Candle>>;

struct NewestCandlesStats {
  size_t series = 0;  // now
  size_t bytes = 0;   // now
  int64_t hits = 0;
  int64_t misses = 0;
  int64_t evictions = 0;      // for want of room
  int64_t invalidations = 0;  // told by events
};

// The newest candles of each series as they were read last, for as long as no newer candle can have
// closed by the trading calendar. Thread-safe.
class NewestCandles {
 public:
  struct Options {
    bool enabled = true;
    size_t max_series = 512;
    size_t max_bytes = 64 << 20;
    // Where the next candle should have closed but was not there yet: how soon it is looked for
    // again.
    absl::Duration recheck = absl::Milliseconds(500);
    // A correction of which no event tells is seen after this time.
    absl::Duration max_age = absl::Minutes(1);
  };

  explicit NewestCandles(const Options& options) : options_(options) {}

  // At least the newest `count` candles, or all that the source had, read when it was asked for as
  // many; null where they are to be read (again).
  SharedCandles Find(const SeriesKey& key, size_t count, absl::Time now);
  // The same without counting a hit or a miss.
  SharedCandles Peek(const SeriesKey& key, size_t count, absl::Time now);

  // How often the series was invalidated; Store takes what it was before the read.
  int64_t Generation(const SeriesKey& key) const;

  // Keeps what a read for `count` candles at `read_at` gave, unless the series was invalidated
  // since.
  void Store(const SeriesKey& key, size_t count, SharedCandles candles, int64_t generation,
             absl::Time read_at);

  // The series has a new or a corrected candle.
  void Invalidate(const SeriesKey& key);

  bool enabled() const { return options_.enabled; }
  NewestCandlesStats Stats() const;

 private:
  struct Entry {
    SharedCandles candles;
    size_t count = 0;  // asked for
    absl::Time valid_until;
    int64_t last_use = 0;
  };

  absl::Time ValidUntil(const SeriesKey& key, const std::vector<market::Candle>& candles,
                        absl::Time read_at) const;
  using Entries = std::map<SeriesKey, Entry>;
  Entry* Look(const SeriesKey& key, size_t count, absl::Time now)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Erase(Entries::iterator entry) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void MakeRoom() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Options options_;
  const market::TradingCalendar calendar_;
  mutable base::Mutex mutex_;
  Entries entries_ ABSL_GUARDED_BY(mutex_);
  int64_t uses_ ABSL_GUARDED_BY(mutex_) = 0;
  // Of series that events told of; no caller of ours can make it grow.
  std::map<SeriesKey, int64_t> generations_ ABSL_GUARDED_BY(mutex_);
  NewestCandlesStats stats_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace aifx::pipeline

#endif  // AIFX_CORE_PIPELINE_NEWEST_CANDLES_H_
