// Decoding of a page of market data: one pass of SAX events against nlohmann's document.

#include <benchmark/benchmark.h>

#include <cstdio>
#include <string>

#include "absl/strings/str_cat.h"
#include "client/backend/candle_decoder.h"
#include "client/backend/envelope.h"
#include "client/backend/values.h"
#include "tests/support/candles.h"

namespace aifx::backend {
namespace {

constexpr double kPip = 0.0001;
constexpr size_t kRows = 10'000;

// A page as the reference backend writes it, with its numbers as strings or as numbers.
std::string Page(bool strings) {
  testing::RandomWalkOptions walk;
  walk.count = kRows;
  std::string rows;
  for (const market::Candle& candle : testing::RandomWalk(walk)) {
    const std::string time = FormatTimestamp(candle.open_time);
    char numbers[300];
    std::snprintf(numbers, sizeof numbers,
                  strings ? R"("open":"%.5f","high":"%.5f","low":"%.5f","close":"%.5f",)"
                            R"("volume":"%.0f","spread":"%.5f")"
                          : R"("open":%.5f,"high":%.5f,"low":%.5f,"close":%.5f,)"
                            R"("volume":%.0f,"spread":%.5f)",
                  candle.open, candle.high, candle.low, candle.close, *candle.volume,
                  *candle.spread_pips * kPip);
    absl::StrAppend(&rows, rows.empty() ? "" : ",",
                    R"({"id":"7d9e2c10-1111-4222-8333-444455556666","pair":"EUR/USD",)",
                    R"("timeframe":"1h","timestamp":")", time, "\",", numbers,
                    R"(,"technicalIndicators":null,"createdAt":")", time, "\"}");
  }
  return absl::StrCat(R"({"success":true,"data":{"pair":"EUR/USD","timeframe":"1h","marketData":[)",
                      rows, R"(],"pagination":{"total":10000,"limit":10000,"offset":0,)",
                      R"("hasMore":false}},"error":null,"metadata":{"version":"v1"}})");
}

void BM_DecodeSax(benchmark::State& state) {
  const std::string body = Page(state.range(0) != 0);
  for (auto _ : state) {
    const auto page = DecodeCandlePage(body, kPip, kRows);
    if (!page.has_value() || page->candles.size() != kRows) state.SkipWithError("not decoded");
    benchmark::DoNotOptimize(page);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(body.size()));
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kRows));
}
BENCHMARK(BM_DecodeSax)->ArgName("strings")->Arg(1)->Arg(0);

void BM_DecodeDocument(benchmark::State& state) {
  const std::string body = Page(state.range(0) != 0);
  for (auto _ : state) {
    const auto envelope = ParseEnvelope(body);
    const auto page = CandlePageOf(envelope->data, kPip);
    if (!page.ok() || page->candles.size() != kRows) state.SkipWithError("not decoded");
    benchmark::DoNotOptimize(page);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(body.size()));
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kRows));
}
BENCHMARK(BM_DecodeDocument)->ArgName("strings")->Arg(1)->Arg(0);

}  // namespace
}  // namespace aifx::backend
