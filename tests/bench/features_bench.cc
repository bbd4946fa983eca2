// Time of stationary-v1: in bulk as in training, for one request as in serving.

#include <benchmark/benchmark.h>

#include "core/features/feature_set.h"
#include "tests/unit/core/features/candle_series.h"

namespace aifx::features {
namespace {

void BM_StationaryV1(benchmark::State& state) {
  const size_t count = static_cast<size_t>(state.range(0));
  const std::vector<market::Candle> candles = RandomCandles(count, 1);
  FeatureMatrix matrix;
  for (auto _ : state) {
    if (!DefaultFeatureSet().Build(candles, matrix).ok()) state.SkipWithError("Build failed");
    benchmark::DoNotOptimize(matrix.values.data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_StationaryV1)->Arg(50)->Arg(109)->Arg(300)->Arg(50000);

}  // namespace
}  // namespace aifx::features
