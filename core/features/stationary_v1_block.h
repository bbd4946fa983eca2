#ifndef AIFX_CORE_FEATURES_STATIONARY_V1_BLOCK_H_
#define AIFX_CORE_FEATURES_STATIONARY_V1_BLOCK_H_

#include <array>
#include <cstddef>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "core/features/block.h"
#include "core/features/local_time.h"
#include "core/features/rolling_sum.h"
#include "core/features/stationary_v1_columns.h"

namespace aifx::features {

// Computes the columns of stationary-v1 for one block of candles. About 100 KB; left uninitialized:
// what a block does not write is not read. Not thread-safe.
class StationaryV1Block {
 public:
  // The first candle of a block that gets a row; those before it are its history.
  static constexpr size_t kFirst = stationary_v1::kMemory - 1;

  StationaryV1Block(absl::TimeZone london, absl::TimeZone new_york)
      : london_(london), new_york_(new_york) {}

  // Computes the columns. REQUIRES: kFirst < candles.size() <= kBlockCandles.
  void Build(absl::Span<const market::Candle> candles) {
    block_.Load(candles);
    Build();
  }

  // The same of candles that the caller put into block().
  void Build();
  CandleBlock& block() { return block_; }

  // Values [kFirst, block().size) of a column, in the order of stationary_v1::ColumnIndex.
  const Series& column(size_t index) const { return columns_[index]; }

  // The rows of the candles from kFirst on, row-major.
  void CopyRows(double* values) const;

 private:
  using ColumnIndex = stationary_v1::ColumnIndex;

  absl::Span<const double> Values(const Series& series) const {
    return absl::MakeConstSpan(series.data(), block_.size);
  }
  absl::Span<double> Out(ColumnIndex column) { return absl::MakeSpan(columns_[column]); }
  void BuildReturns();
  void BuildRanges();
  void BuildAverages();  // REQUIRES: BuildRanges
  void BuildTimes();
  void ContrastInto(const Series& a, const Series& b, absl::Span<double> out) const;
  void InvertInPlace(Series& series) const;

  LocalClock london_;
  LocalClock new_york_;
  CandleBlock block_;
  WindowSums sums_;
  Series inverse_atr_;
  std::array<Series, stationary_v1::kColumnCount> columns_;
};

}  // namespace aifx::features

#endif  // AIFX_CORE_FEATURES_STATIONARY_V1_BLOCK_H_
