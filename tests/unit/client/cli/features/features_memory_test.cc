// The job's memory does not grow with the history.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "client/cli/features/features_job.h"
#include "tests/support/candles.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/client/cli/captured_console.h"
#include "tests/unit/client/cli/features/generated_history.h"

namespace aifx::cli {
namespace {

// The most that the process ever held.
int64_t PeakKibibytes() {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

void MakeFiles(size_t candles, const std::string& format) {
  const testing::TemporaryFolder folder;
  CapturedConsole captured;
  FeaturesOptions options{.pairs = {"EUR/USD"},
                          .train_until = "0.7",
                          .validation_until = "0.85",
                          .out = folder / "out",
                          .format = format};
  ASSERT_OK_AND_ASSIGN(const FeaturesPlan plan,
                       MakeFeaturesPlan(options, testing::Time("2070-01-01T00:00:00Z")));
  GeneratedHistory history(candles);
  FeaturesProgress progress(captured.console);
  const SeriesResult result = MakeSeriesFiles(
      plan, plan.series[0], false,
      {.source = history, .source_url = "", .clock = base::SystemClock(), .progress = progress},
      {});
  ASSERT_OK(result.status);
  EXPECT_EQ(result.written->rows(), static_cast<int64_t>(candles) - 49);
}

// 160,000 rows of 24 doubles are 31 MB, and their candles 13 MB. The shorter run fills a whole row
// group of Parquet.
TEST(FeaturesMemoryTest, ManyMoreCandlesTakeNoMoreMemory) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer keeps what was freed";
#endif
  for (const char* format : {"csv", "npy", "parquet"}) {
    SCOPED_TRACE(format);
    MakeFiles(60'000, format);
    const int64_t before = PeakKibibytes();
    MakeFiles(220'000, format);
    EXPECT_LT(PeakKibibytes() - before, 4 * 1024);
  }
}

}  // namespace
}  // namespace aifx::cli
