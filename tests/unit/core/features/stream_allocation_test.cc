// Its own program because it counts every allocation of the process.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "absl/base/attributes.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/features/candle_series.h"
#include "tests/unit/core/features/context_candles.h"
#include "tests/unit/core/features/every_set.h"

namespace {
std::atomic<int64_t> g_allocations{0};
}  // namespace

// Not inlined: GCC would see malloc meet delete, and warn.
ABSL_ATTRIBUTE_NOINLINE void* operator new(size_t size) {
  g_allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* memory = std::malloc(size)) return memory;
  std::abort();
}
ABSL_ATTRIBUTE_NOINLINE void operator delete(void* memory) noexcept { std::free(memory); }
ABSL_ATTRIBUTE_NOINLINE void operator delete(void* memory, size_t) noexcept { std::free(memory); }

namespace aifx::features {
namespace {

// The candles, with themselves as context where the set uses some. How many rows came.
size_t Stream(FeatureStream& stream, const std::vector<market::Candle>& candles,
              bool with_context) {
  size_t rows = 0;
  for (const market::Candle& candle : candles) {
    if (with_context) {
      for (const market::CurrencyPair& pair : DollarPairs()) {
        if (!stream.AddContext(pair, candle).ok()) return 0;
      }
    }
    rows += stream.Next(candle).empty() ? 0 : 1;
  }
  return rows;
}

bool UsesContext(const FeatureSet& set) {
  return !set.ContextPairs(*market::CurrencyPair::Parse("EUR/GBP")).empty();
}

TEST(StreamAllocationTest, OneCandleMoreAllocatesNothingFromTheFirstOn) {
  const std::vector<market::Candle> candles = RandomCandles(3000, 1);
  for (const FeatureSet* set : EverySet()) {
    ASSERT_OK_AND_ASSIGN(const std::unique_ptr<FeatureStream> stream, set->NewStream());
    if (const auto warm = set->NewStream(); warm.ok()) {  // loads time zones and tables
      for (size_t i = 0; i < 300; ++i) (*warm)->Next(candles[i]);
    }
    const bool with_context = UsesContext(*set);
    const int64_t before = g_allocations.load();
    size_t rows = 0;
    rows += Stream(*stream, candles, with_context);
    stream->Restart();
    rows += Stream(*stream, candles, with_context);
    EXPECT_EQ(g_allocations.load() - before, 0) << set->name();
    EXPECT_EQ(rows, 2 * (candles.size() - set->warm_up())) << set->name();
  }
}

TEST(StreamAllocationTest, SteadyBulkCallsAllocateNothing) {
  const std::vector<market::Candle> candles = LivelyCandles(3000, 1);
  const ContextCandles context = ContextCandles::Of(candles);
  const std::vector<ContextSeries> series = context.Series();
  const FeatureInput input(candles, nullptr, series);
  for (const FeatureSet* set : EverySet()) {
    FeatureMatrix matrix;
    ASSERT_OK(set->Build(input, matrix));
    const int64_t before = g_allocations.load();
    const bool built = set->Build(input, matrix).ok();
    EXPECT_EQ(g_allocations.load() - before, 0) << set->name();
    EXPECT_TRUE(built);
  }
}

TEST(StreamAllocationTest, TheCounterCounts) {
  const int64_t before = g_allocations.load();
  const std::vector<double> numbers(100);
  EXPECT_EQ(g_allocations.load() - before, numbers.size() == 100 ? 1 : 0);
}

}  // namespace
}  // namespace aifx::features
