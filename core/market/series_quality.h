#ifndef AIFX_CORE_MARKET_SERIES_QUALITY_H_
#define AIFX_CORE_MARKET_SERIES_QUALITY_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "core/market/candle.h"
#include "core/market/timeframe.h"

namespace aifx::market {

// What counts as odd.
struct QualityRules {
  // A move that is this many times the median of the last `median_candles` moves is an outlier; a
  // news release reaches about twenty on hourly candles.
  double outlier_ratio = 30;
  size_t median_candles = 240;
  // So many candles in a row without any movement (open = high = low = close = the close before)
  // are a flat stretch: a feed that stood still.
  int64_t flat_candles = 6;
  size_t max_listed = 100;  // of each kind in the report; all are counted
};

struct Gap {
  absl::Time after;   // open time of the last candle before the gap
  absl::Time before;  // open time of the first candle behind it
  int64_t missing = 0;
};

struct Outlier {
  enum class Kind {
    kJump,   // close against the close before
    kSpike,  // high or low against the candle's own body
  };
  absl::Time time;
  Kind kind = Kind::kJump;
  double ratio = 0;  // to the median of its kind
};

struct FlatStretch {
  absl::Time first, last;  // open times
  int64_t candles = 0;
};

// What a series is like. Lists hold the first QualityRules::max_listed of a kind.
struct QualityReport {
  int64_t candles = 0;
  std::optional<absl::Time> first, last;  // open times; absent where there is no candle
  int64_t missing = 0;                    // candles, in all gaps
  int64_t gap_count = 0;
  std::vector<Gap> gaps;
  int64_t duplicates = 0;             // the same open time again
  int64_t unsorted = 0;               // an open time before that of the candle in front
  std::vector<absl::Time> misplaced;  // of both kinds
  int64_t impossible = 0;             // prices that are not finite and positive, or out of order
  std::vector<absl::Time> impossible_at;
  int64_t outlier_count = 0;
  std::vector<Outlier> outliers;
  int64_t flat_count = 0;
  std::vector<FlatStretch> flats;
  // Candles up to 1h that opened while the market was closed, which a wrong time zone shows first.
  int64_t in_closed_market = 0;
  // Hours to add to the open times so that the weekend falls where it should; absent where the
  // times look right, or where nothing fits better (or for candles of 4h and longer).
  std::optional<int> shift_hours;

  // Share of the candles that should be there and are not, 0..1.
  double MissingShare() const;
};

// Whether the prices are finite, positive and in order: low <= open, close <= high.
bool IsPossible(const Candle& candle);

// Looks at a series candle by candle, in constant memory. Thread-compatible.
class QualityChecker {
 public:
  QualityChecker(Timeframe timeframe, QualityRules rules);

  void Add(const Candle& candle);
  QualityReport Finish();

 private:
  // The moves of one kind, the last `median_candles` of them.
  class Moves {
   public:
    explicit Moves(size_t capacity) : capacity_(capacity) {}
    // The ratio of `move` to the median of those before it, 0 until enough are known.
    double RatioAndAdd(double move);

   private:
    void Replace(double old_move, double new_move);

    size_t capacity_;
    size_t next_ = 0;
    std::vector<double> values_;  // a ring; next_ is the oldest
    std::vector<double> sorted_;  // the same, ascending: a move costs a search and a short shift
  };

  bool CheckOrder(const Candle& candle);
  bool CheckPrices(const Candle& candle);
  void CheckMoves(const Candle& candle);
  void CheckFlat(const Candle& candle);
  void CheckHours(const Candle& candle);
  void EndFlat();
  std::optional<int> LikelyShift() const;

  const Timeframe timeframe_;
  const QualityRules rules_;
  QualityReport report_;
  std::optional<Candle> previous_;  // the last one in order and possible
  Moves jumps_, spikes_;
  FlatStretch flat_;
  std::array<int64_t, 168> by_hour_of_week_{};  // New York time, from Sunday 00:00
};

// Whether a job should work on such a series.
struct QualityVerdict {
  std::vector<std::string> refusals;  // any: refuse, unless the user insists
  std::vector<std::string> warnings;
};

// Refused: duplicates, unsorted or impossible candles, a likely time zone shift, more than a fifth
// of the candles missing. Warned of: more than one in a hundred missing, outliers, flat stretches.
// docs/data-quality.md says what jobs do with it.
QualityVerdict Judge(const QualityReport& report);

}  // namespace aifx::market

#endif  // AIFX_CORE_MARKET_SERIES_QUALITY_H_
