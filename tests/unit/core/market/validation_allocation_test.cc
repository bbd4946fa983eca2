// Its own program because it counts every allocation of the process.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "absl/base/attributes.h"
#include "core/market/validation.h"
#include "tests/support/candles.h"

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

namespace aifx::market {
namespace {

using ::aifx::testing::RandomWalk;

// Returns how many allocations checking a good series took.
int64_t AllocationsOfChecking(Timeframe timeframe, size_t count) {
  const std::vector<Candle> candles = RandomWalk(
      {.count = count,
       .timeframe = timeframe,
       .first_open = absl::FromCivil(absl::CivilHour(2001, 1, 2, 22), absl::UTCTimeZone())});
  const absl::Time now = CloseTime(timeframe, candles.back().open_time);
  ValidateCandles(candles, timeframe, now, {});  // loads the time zone
  const int64_t before = g_allocations.load();
  const CandleFindings findings = ValidateCandles(candles, timeframe, now, {});
  const int64_t after = g_allocations.load();
  EXPECT_TRUE(findings.violations.empty());
  EXPECT_TRUE(findings.warnings.empty());
  return after - before;
}

TEST(ValidationAllocationTest, GoodCandlesAllocateNothing) {
  EXPECT_EQ(AllocationsOfChecking(Timeframe::k1Hour, 120), 0);
  EXPECT_EQ(AllocationsOfChecking(Timeframe::k1Hour, 5000), 0);
  EXPECT_EQ(AllocationsOfChecking(Timeframe::k4Hours, 5000), 0);
  EXPECT_EQ(AllocationsOfChecking(Timeframe::k1Day, 5000), 0);
}

TEST(ValidationAllocationTest, TheCounterCounts) {
  const int64_t before = g_allocations.load();
  const std::vector<double> numbers(100);
  EXPECT_EQ(g_allocations.load() - before, numbers.size() == 100 ? 1 : 0);
}

}  // namespace
}  // namespace aifx::market
