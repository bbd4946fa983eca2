#include "core/features/technical/shared_series.h"

#include <cmath>

#include "core/market/true_range.h"

namespace aifx::features {

Returns::Returns(Workspace& workspace) : close_(workspace.close()), values_(workspace.NewSeries()) {
  close_.RequirePast(1);
}

void Returns::Update(const Chunk& chunk) {
  const double* close = close_.data();
  double* __restrict out = values_.data();
  for (size_t i = chunk.begin; i < chunk.end; ++i) out[i] = close[i] / close[i - 1] - 1.0;
}

void LogClose::Update(const Chunk& chunk) {
  for (size_t i = chunk.begin; i < chunk.end; ++i) values_.data()[i] = std::log(close_.data()[i]);
}

TrueRanges::TrueRanges(Workspace& workspace)
    : high_(workspace.high()),
      low_(workspace.low()),
      close_(workspace.close()),
      values_(workspace.NewSeries()) {
  close_.RequirePast(1);
}

void TrueRanges::Update(const Chunk& chunk) {
  const double* high = high_.data();
  const double* low = low_.data();
  const double* close = close_.data();
  double* __restrict out = values_.data();
  for (size_t i = chunk.begin; i < chunk.end; ++i) {
    out[i] = market::TrueRange(high[i], low[i], close[i - 1]);
  }
  if (chunk.row == 0) out[chunk.begin] = high[chunk.begin] - low[chunk.begin];
}

}  // namespace aifx::features
