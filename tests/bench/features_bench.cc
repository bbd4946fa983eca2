// Time of the feature sets: in bulk as in training, for one request as in serving, one candle at a
// time, and of each indicator alone. tests/bench/features_peers.py prints it beside pandas, polars
// and TA-Lib.
//
//   features_bench [--candles_csv=FILE] [--benchmark_...]
//
// FILE has the columns timestamp, open, high, low, close, volume, in that order, and hourly
// candles; without it they are made up.

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <fstream>
#include <iostream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "tests/unit/core/features/candle_series.h"
#include "tests/unit/core/features/context_candles.h"
#include "tests/unit/core/features/every_set.h"

namespace aifx::features {
namespace {

// Few enough that candles and columns stay in the processor's cache.
constexpr size_t kCachedCount = 10'000;
constexpr size_t kRequestCount = 300;

std::vector<market::Candle>& AllCandles() {
  static auto& candles = *new std::vector<market::Candle>;
  return candles;
}

absl::Span<const market::Candle> CandlesOf(const benchmark::State& state) {
  return absl::MakeConstSpan(AllCandles()).first(static_cast<size_t>(state.range(0)));
}

// The candles, and others made from them for sets that use other pairs.
FeatureInput InputOf(const benchmark::State& state) {
  static const ContextCandles& context = *new ContextCandles(ContextCandles::Of(AllCandles()));
  static const auto& series = *new std::vector<ContextSeries>(context.Series());
  return {CandlesOf(state), nullptr, series};
}

void Rows(benchmark::State& state, const FeatureSet& set) {
  FeatureMatrix matrix;
  for (auto _ : state) {
    if (!set.Compute(InputOf(state), matrix).ok()) state.SkipWithError("Compute failed");
    benchmark::DoNotOptimize(matrix.values.data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void Columns(benchmark::State& state, const FeatureSet& set) {
  FeatureColumns columns;
  for (auto _ : state) {
    if (!set.ComputeColumns(InputOf(state), columns).ok()) state.SkipWithError("Compute failed");
    benchmark::DoNotOptimize(columns.values.data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void OneAtATime(benchmark::State& state, const FeatureSet& set) {
  const std::vector<market::Candle>& candles = AllCandles();
  const std::unique_ptr<FeatureStream> stream = set.NewStream().value();
  size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(stream->Next(candles[next]).data());
    next = next + 1 == candles.size() ? 0 : next + 1;
  }
  state.SetItemsProcessed(state.iterations());
}

using Run = void (*)(benchmark::State&, const FeatureSet&);

benchmark::internal::Benchmark* Add(const std::string& name, Run run, const FeatureSet& set) {
  return benchmark::RegisterBenchmark(name.c_str(), [run, &set](auto& state) { run(state, set); });
}

void RegisterSets() {
  const auto all = static_cast<int64_t>(AllCandles().size());
  for (const FeatureSet* set : AllFeatureSets()) {
    for (const auto count : {int64_t{kRequestCount}, int64_t{kCachedCount}, all}) {
      Add(absl::StrCat("rows/", set->name()), Rows, *set)->Arg(count);
      Add(absl::StrCat("columns/", set->name()), Columns, *set)->Arg(count);
    }
    Add(absl::StrCat("one_at_a_time/", set->name()), OneAtATime, *set);
  }
}

// `load`: the candles alone, as columns; part of every indicator's time.
void RegisterIndicators() {
  Add("load", Columns, *NewSet("load", Convention::kReference, {}))->Arg(kCachedCount);
  for (const Convention convention : {Convention::kReference, Convention::kTaLib}) {
    const char* suffix = convention == Convention::kTaLib ? "/talib" : "/reference";
    for (const std::string& name : EveryColumnName(convention)) {
      Add(absl::StrCat("indicator/", name, suffix), Columns, *NewSet(name, convention, {name}))
          ->Arg(kCachedCount);
    }
  }
}

std::vector<market::Candle> ReadCandles(const std::string& path) {
  std::ifstream file(path);
  std::vector<market::Candle> candles;
  std::string line;
  for (std::getline(file, line); std::getline(file, line);) {
    const std::vector<std::string> cells = absl::StrSplit(line, ',');
    market::Candle candle;
    double volume = 0;
    candle.open_time = Utc(cells.at(0));
    const bool good =
        cells.size() == 6 && absl::SimpleAtod(cells[1], &candle.open) &&
        absl::SimpleAtod(cells[2], &candle.high) && absl::SimpleAtod(cells[3], &candle.low) &&
        absl::SimpleAtod(cells[4], &candle.close) && absl::SimpleAtod(cells[5], &volume);
    if (!good) {
      std::cerr << path << ": not a candle: " << line << "\n";
      std::exit(1);
    }
    candle.volume = volume;
    candles.push_back(candle);
  }
  if (candles.size() < kCachedCount) {
    std::cerr << path << ": needs " << kCachedCount << " candles, has " << candles.size() << "\n";
    std::exit(1);
  }
  return candles;
}

}  // namespace
}  // namespace aifx::features

int main(int argc, char** argv) {
  namespace features = aifx::features;
  absl::string_view path = argc > 1 ? argv[1] : "";
  const bool has_path = absl::ConsumePrefix(&path, "--candles_csv=");
  features::AllCandles() =
      has_path ? features::ReadCandles(std::string(path)) : features::LivelyCandles(74'000, 1);
  if (has_path) {
    argv[1] = argv[0];
    ++argv;
    --argc;
  }
  features::RegisterSets();
  features::RegisterIndicators();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
