#ifndef AIFX_CORE_PIPELINE_NEWEST_CANDLES_H_
#define AIFX_CORE_PIPELINE_NEWEST_CANDLES_H_

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
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

// What is kept of a series that an event has told of, most of which need not be read again.
struct KnownCandles {
  SharedCandles candles;
  size_t count = 0;       // asked for when they were read
  size_t unchanged = 0;   // of them, the oldest, > 0 and < candles->size()
  absl::Time whole_read;  // when all of them were read

  // The first that is to be read again.
  const market::Candle& FirstToRead() const { return (*candles)[unchanged]; }
};

// The unchanged ones and then `read`, all candles from FirstToRead() on; at most the newest
// `count`. Null where `read` does not begin with that candle, or candles are missing that were
// there: then the series is not what it was.
SharedCandles JoinRead(const KnownCandles& known, absl::Span<const market::Candle> read);

struct NewestCandlesStats {
  size_t series = 0;  // now
  size_t bytes = 0;   // now
  int64_t hits = 0;
  int64_t misses = 0;
  int64_t evictions = 0;      // for want of room
  int64_t invalidations = 0;  // told by events
};

// The newest candles of each series as they were read last, for as long as no newer candle can have
// closed by the trading calendar. After an event, what is older than the newest few and than the
// candle it tells of is taken to be as it was. Thread-safe.
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
    // How many of the newest candles are read again after an event.
    size_t reread = 24;
    // But all of them where they were last read together longer ago than either of these: the first
    // is longer than a day, so that it does not mean all of them for daily candles.
    absl::Duration whole_age = absl::Hours(36);
    int whole_candles = 36;
  };

  explicit NewestCandles(const Options& options) : options_(options) {}

  // At least the newest `count` candles, or all that the source had, read when it was asked for as
  // many; null where they are to be read (again).
  SharedCandles Find(const SeriesKey& key, size_t count, absl::Time now);
  // The same without counting a hit or a miss.
  SharedCandles Peek(const SeriesKey& key, size_t count, absl::Time now);

  // How often the series was invalidated; Store takes what it was before the read.
  int64_t Generation(const SeriesKey& key) const;

  // What may be left out of a read of `count` candles at `now`; nothing where all are to be read.
  std::optional<KnownCandles> Known(const SeriesKey& key, size_t count, absl::Time now) const;

  // Keeps what a read for `count` candles at `read_at` gave, unless the series was invalidated
  // since. `whole_read`: when the oldest of them were read.
  void Store(const SeriesKey& key, size_t count, SharedCandles candles, int64_t generation,
             absl::Time read_at, absl::Time whole_read);
  void Store(const SeriesKey& key, size_t count, SharedCandles candles, int64_t generation,
             absl::Time read_at) {
    Store(key, count, std::move(candles), generation, read_at, read_at);
  }

  // The candle that opened at `open_time` is new or corrected.
  void Invalidate(const SeriesKey& key, absl::Time open_time);

  // What is kept of the series turned out to make no sense: its next read is of all candles.
  void Distrust(const SeriesKey& key);

  bool enabled() const { return options_.enabled; }
  NewestCandlesStats Stats() const;

 private:
  struct Entry {
    SharedCandles candles;
    size_t count = 0;  // asked for
    absl::Time valid_until;
    absl::Time whole_read;
    int64_t last_use = 0;
    std::optional<absl::Time> changed_from;  // once an event told of it
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
