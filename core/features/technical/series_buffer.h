#ifndef AIFX_CORE_FEATURES_TECHNICAL_SERIES_BUFFER_H_
#define AIFX_CORE_FEATURES_TECHNICAL_SERIES_BUFFER_H_

#include <array>
#include <cstddef>

namespace aifx::features {

// Candles that are computed at a time, a column at a time: the intermediate series then stay in the
// processor's cache.
inline constexpr size_t kChunkRows = 256;
// How far back an indicator may look from a row.
inline constexpr size_t kLongestPast = 256;

// The rows to compute now: elements [begin, end) of every buffer.
struct Chunk {
  size_t begin = 0;
  size_t end = 0;
  size_t row = 0;  // the row of `begin`, counted from the first candle of the series

  size_t size() const { return end - begin; }
};

// The newest values of a series: those of the current chunk, and as many before it as its readers
// asked for. Constant size, no allocation. What lies before the first row is NaN, so that a window
// that reaches there gives NaN.
class SeriesBuffer {
 public:
  SeriesBuffer() { Clear(); }

  double* data() { return values_.data(); }
  const double* data() const { return values_.data(); }

  // Keeps at least `rows` values before a chunk. Call it before the first row.
  // REQUIRES: rows <= kLongestPast.
  void RequirePast(size_t rows);

  // Forgets the series.
  void Clear();

  // Moves the past of element `end` so that the next chunk may begin at kLongestPast.
  void MoveToFront(size_t end);

 private:
  // Not a multiple of 4 KiB, or all buffers would compete for the same lines of the cache.
  static constexpr size_t kPadding = 8;

  size_t past_ = 0;
  std::array<double, kLongestPast + kChunkRows + kPadding> values_;
};

}  // namespace aifx::features

#endif  // AIFX_CORE_FEATURES_TECHNICAL_SERIES_BUFFER_H_
