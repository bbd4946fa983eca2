#ifndef AIFX_CORE_FEATURES_TECHNICAL_SHARED_SERIES_H_
#define AIFX_CORE_FEATURES_TECHNICAL_SHARED_SERIES_H_

#include "core/features/technical/rolling_extremes.h"
#include "core/features/technical/rolling_squares.h"
#include "core/features/technical/rolling_sums.h"
#include "core/features/technical/workspace.h"

namespace aifx::features {

// What more than one indicator is made from; see Workspace::Shared.

// Sums of closes.
class CloseSums final : public SharedSeries {
 public:
  explicit CloseSums(Workspace& workspace) : sums(workspace, workspace.close()) {}
  void Update(const Chunk& chunk) override { sums.Update(chunk); }

  RollingSums sums;
};

// Simple returns, close / previous close - 1.
class Returns final : public SharedSeries {
 public:
  explicit Returns(Workspace& workspace);
  void Update(const Chunk& chunk) override;

  SeriesBuffer& values() { return values_; }

 private:
  SeriesBuffer& close_;
  SeriesBuffer& values_;
};

// Natural logarithm of the close.
class LogClose final : public SharedSeries {
 public:
  explicit LogClose(Workspace& workspace)
      : close_(workspace.close()), values_(workspace.NewSeries()) {}
  void Update(const Chunk& chunk) override;

  SeriesBuffer& values() { return values_; }

 private:
  SeriesBuffer& close_;
  SeriesBuffer& values_;
};

// True range; high - low at the first candle of the series.
class TrueRanges final : public SharedSeries {
 public:
  explicit TrueRanges(Workspace& workspace);
  void Update(const Chunk& chunk) override;

  SeriesBuffer& values() { return values_; }

 private:
  SeriesBuffer& high_;
  SeriesBuffer& low_;
  SeriesBuffer& close_;
  SeriesBuffer& values_;
};

// Highest high and lowest low of 14 candles.
class HighLow14 final : public SharedSeries {
 public:
  explicit HighLow14(Workspace& workspace)
      : highest(workspace, workspace.high(), 14, RollingExtreme::Kind::kLargest),
        lowest(workspace, workspace.low(), 14, RollingExtreme::Kind::kSmallest) {}
  void Update(const Chunk& chunk) override {
    highest.Update(chunk);
    lowest.Update(chunk);
  }

  RollingExtreme highest;
  RollingExtreme lowest;
};

}  // namespace aifx::features

#endif  // AIFX_CORE_FEATURES_TECHNICAL_SHARED_SERIES_H_
