#ifndef AIFX_CORE_FEATURES_TECHNICAL_WORKSPACE_H_
#define AIFX_CORE_FEATURES_TECHNICAL_WORKSPACE_H_

#include <array>
#include <cstddef>
#include <deque>
#include <memory>
#include <vector>

#include "absl/types/span.h"
#include "core/features/context_pairs.h"
#include "core/features/technical/series_buffer.h"
#include "core/market/candle.h"

namespace aifx::features {

class Workspace;

// The closes of kDollarPairs as they are known at each candle of a chunk (context_alignment.h);
// null for a pair that is no context of the series, such as its own.
using ContextCloses = std::array<const double*, kDollarPairs.size()>;

// An intermediate result that several indicators use, such as sums of closes. A class that derives
// from it has a constructor that takes the Workspace& (not kept longer than the workspace lives).
class SharedSeries {
 public:
  virtual ~SharedSeries() = default;
  // Computes the chunk's rows. The candles, and what the constructor asked the workspace for, are
  // there already.
  virtual void Update(const Chunk& chunk) = 0;
};

// The recent candles, column by column, and what indicators derive from them. It is fed from the
// first candle of a series on, in chunks of any size up to kChunkRows: a row comes out the same,
// to the last bit, however the series is cut. Allocates in the set-up only. Not thread-safe.
class Workspace {
 public:
  Workspace() = default;
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;

  // Set-up: all of it comes before the first Append.

  // A buffer that belongs to the caller's purpose; the workspace moves and clears it.
  SeriesBuffer& NewSeries() { return series_.emplace_back(); }

  // The one T of this workspace; made at the first request.
  template <typename T>
  T& Shared() {
    static const char kKey = 0;  // one address a type
    for (const Entry& entry : shared_) {
      if (entry.key == &kKey) return static_cast<T&>(*entry.series);
    }
    // Its constructor may ask for others, which then stand before it.
    auto made = std::make_unique<T>(*this);
    T& result = *made;
    shared_.push_back({&kKey, std::move(made)});
    return result;
  }

  // The candles. Volume and spread (pips) are NaN where a candle has none.
  SeriesBuffer& open() { return open_; }
  SeriesBuffer& high() { return high_; }
  SeriesBuffer& low() { return low_; }
  SeriesBuffer& close() { return close_; }
  SeriesBuffer& volume() { return volume_; }
  SeriesBuffer& spread_pips() { return spread_pips_; }
  SeriesBuffer& open_seconds() { return open_seconds_; }  // Unix time of the open, whole seconds

  // The close of kDollarPairs[pair] as known at each candle, NaN where it is unknown. Set-up: the
  // first call makes them all.
  SeriesBuffer& context_close(size_t pair);
  bool uses_context() const { return !context_.empty(); }
  // How many of the pairs are context of the series; for the newest chunk.
  size_t context_pairs() const { return context_pairs_; }

  // Starts over with another series.
  void Restart();

  // Takes the next candles and computes the shared series for them. Returns where they are.
  // REQUIRES: 1 <= candles.size() <= kChunkRows; the same pairs in every chunk of a series.
  Chunk Append(absl::Span<const market::Candle> candles, const ContextCloses& context);

 private:
  struct Entry {
    const void* key;
    std::unique_ptr<SharedSeries> series;
  };

  template <typename Action>
  void ForEachSeries(Action action);
  void Load(absl::Span<const market::Candle> candles, size_t begin);
  void LoadContext(const ContextCloses& context, size_t begin, size_t size);

  SeriesBuffer open_, high_, low_, close_, volume_, spread_pips_, open_seconds_;
  std::deque<SeriesBuffer> series_;  // addresses stay
  std::vector<SeriesBuffer*> context_;
  size_t context_pairs_ = 0;
  std::vector<Entry> shared_;  // in the order in which they may be computed
  size_t end_ = kLongestPast;
  size_t rows_ = 0;  // taken so far
};

}  // namespace aifx::features

#endif  // AIFX_CORE_FEATURES_TECHNICAL_WORKSPACE_H_
