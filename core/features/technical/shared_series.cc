#include "core/features/technical/shared_series.h"

#include <cmath>

#include "core/features/technical/vector_clones.h"
#include "core/market/true_range.h"

namespace aifx::features {
namespace {

AIFX_VECTOR_CLONES void FillReturns(const double* close, const double* previous, size_t size,
                                    double* __restrict out) {
  for (size_t i = 0; i < size; ++i) out[i] = close[i] / previous[i] - 1.0;
}

AIFX_VECTOR_CLONES void FillRanges(const double* high, const double* low, const double* previous,
                                   size_t size, double* __restrict out) {
  for (size_t i = 0; i < size; ++i) out[i] = market::TrueRange(high[i], low[i], previous[i]);
}

}  // namespace

Returns::Returns(Workspace& workspace) : close_(workspace.close()), values_(workspace.NewSeries()) {
  close_.RequirePast(1);
}

void Returns::Update(const Chunk& chunk) {
  const double* close = close_.data() + chunk.begin;
  FillReturns(close, close - 1, chunk.size(), values_.data() + chunk.begin);
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
  const double* high = high_.data() + chunk.begin;
  const double* low = low_.data() + chunk.begin;
  const double* previous = close_.data() + chunk.begin - 1;
  double* out = values_.data() + chunk.begin;
  FillRanges(high, low, previous, chunk.size(), out);
  if (chunk.row == 0) *out = *high - *low;
}

}  // namespace aifx::features
