#include "core/base/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace aifx::base {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;

TEST(CounterTest, CountsFromZero) {
  Counter counter;
  EXPECT_EQ(counter.Value(), 0);
  counter.Add();
  counter.Add(41);
  EXPECT_EQ(counter.Value(), 42);
}

TEST(HistogramTest, AValueOnABoundIsWithinIt) {
  const int64_t bounds[] = {1, 4, 16};
  Histogram histogram(bounds);
  for (const int64_t value : {-3, 0, 1, 2, 4, 5, 16, 17, 1000}) histogram.Observe(value);
  const HistogramSnapshot snapshot = histogram.Snapshot();
  EXPECT_THAT(snapshot.bounds, ElementsAre(1, 4, 16));
  EXPECT_THAT(snapshot.counts, ElementsAre(3, 2, 2, 2));
  EXPECT_EQ(snapshot.Count(), 9);
  EXPECT_EQ(snapshot.sum, 0 + 0 + 1 + 2 + 4 + 5 + 16 + 17 + 1000);
}

TEST(HistogramTest, DurationsAreToldInSeconds) {
  Histogram histogram = Histogram::OfDurations();
  histogram.Observe(absl::Milliseconds(250));
  histogram.Observe(absl::Seconds(31));
  const HistogramSnapshot snapshot = histogram.Snapshot();
  EXPECT_EQ(snapshot.bounds.front(), 5e-6);
  EXPECT_EQ(snapshot.bounds[14], 0.25);
  EXPECT_EQ(snapshot.bounds.back(), 30.0);
  EXPECT_EQ(snapshot.counts[14], 1);
  EXPECT_EQ(snapshot.counts.back(), 1);
  EXPECT_THAT(snapshot.sum, DoubleNear(31.25, 1e-9));
}

TEST(HistogramTest, ThreadsLoseNothing) {
  Counter counter;
  Histogram histogram = Histogram::OfDurations();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 1000; ++j) {
        counter.Add();
        histogram.Observe(absl::Microseconds(j));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(counter.Value(), 4000);
  EXPECT_EQ(histogram.Snapshot().Count(), 4000);
  EXPECT_THAT(histogram.Snapshot().sum, DoubleNear(4 * 999 * 500e-6, 1e-9));
}

}  // namespace
}  // namespace aifx::base
