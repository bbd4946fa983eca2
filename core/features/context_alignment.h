#ifndef AIFX_CORE_FEATURES_CONTEXT_ALIGNMENT_H_
#define AIFX_CORE_FEATURES_CONTEXT_ALIGNMENT_H_

#include <array>
#include <cstddef>
#include <limits>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "core/market/candle.h"

// Which close of another pair is known at a candle of a series: that of its newest candle that
// opened no later. Candles of one timeframe that open no later close no later, so nothing is used
// before it is known. Where the other pair has no candle of its own at a candle, its last close is
// carried, for less than kContextCarry candles of the series: what is known at a candle follows
// from so many candles, whatever came before them.
namespace aifx::features {

inline constexpr size_t kContextCarry = 19;

// The last close and its age. Values: NaN where none is known.
class CarriedClose {
 public:
  void Take(double close) {
    close_ = close;
    age_ = 0;
  }
  // Moves to the next candle of the series; what is known at it.
  double Step() {
    if (age_ < kContextCarry) {
      ++age_;
      return close_;
    }
    return std::numeric_limits<double>::quiet_NaN();
  }

 private:
  double close_ = std::numeric_limits<double>::quiet_NaN();
  size_t age_ = 0;
};

// For a whole context series at once. Cheap to make; does not own the candles.
class ContextCursor {
 public:
  ContextCursor() = default;
  explicit ContextCursor(absl::Span<const market::Candle> context) : context_(context) {}

  // What is known at the next candles of the series, into out[0 .. series.size()).
  void Fill(absl::Span<const market::Candle> series, double* out);

 private:
  absl::Span<const market::Candle> context_;
  size_t next_ = 0;
  bool started_ = false;
  CarriedClose carried_;
};

// For candles that come one at a time. They may come ahead of the series, and wait then. Constant
// memory.
class ContextQueue {
 public:
  static constexpr size_t kMostAhead = 256;

  // Takes the next context candle. InvalidArgument where it is not later than the one before, or no
  // later than the series' newest candle, whose row it would have changed; ResourceExhausted where
  // kMostAhead wait. `name` is how messages call the pair.
  absl::Status Add(const market::Candle& candle, absl::string_view name);

  // What is known at the next candle of the series.
  double Next(absl::Time open_time);

  void Restart();

 private:
  struct Waiting {
    absl::Time open_time;
    double close = 0;
  };

  std::array<Waiting, kMostAhead> waiting_;  // a ring
  size_t first_ = 0;
  size_t count_ = 0;
  absl::Time newest_ = absl::InfinitePast();
  absl::Time series_ = absl::InfinitePast();
  CarriedClose carried_;
};

}  // namespace aifx::features

#endif  // AIFX_CORE_FEATURES_CONTEXT_ALIGNMENT_H_
