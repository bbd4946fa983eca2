#include "server/rpc/inference/inference_statistics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aifx::rpc {
namespace {

const absl::Time kNow = absl::FromUnixMillis(1528797600123);

InferenceTimes Times() {
  return {.input = absl::Nanoseconds(1),
          .queue = absl::Nanoseconds(20),
          .infer = absl::Nanoseconds(300),
          .output = absl::Nanoseconds(4000),
          .total = absl::Nanoseconds(50000)};
}

TEST(InferenceStatisticsTest, SumsRequestsAndRuns) {
  InferenceStatistics statistics;
  // Two requests in one run of five windows.
  statistics.Succeeded("a", 1, 2, 5, true, Times(), kNow);
  statistics.Succeeded("a", 1, 3, 5, false, Times(), kNow);
  statistics.Succeeded("a", 1, 1, 1, true, Times(), kNow);
  statistics.Failed("a", 1, absl::Nanoseconds(7), kNow + absl::Milliseconds(1));
  statistics.Failed("a", 2, absl::Nanoseconds(7), kNow);
  ASSERT_EQ(statistics.Stats().size(), 2u);
  ::inference::ModelStatistics message;
  ToProto(statistics.Stats()[0], message);
  EXPECT_EQ(message.name(), "a");
  EXPECT_EQ(message.version(), "1");
  EXPECT_EQ(message.last_inference(), 1528797600124u);
  EXPECT_EQ(message.inference_count(), 6u);
  EXPECT_EQ(message.execution_count(), 2u);
  const auto& sums = message.inference_stats();
  EXPECT_EQ(sums.success().count(), 3u);
  EXPECT_EQ(sums.success().ns(), 150000u);
  EXPECT_EQ(sums.fail().count(), 1u);
  EXPECT_EQ(sums.fail().ns(), 7u);
  EXPECT_EQ(sums.queue().ns(), 60u);
  EXPECT_EQ(sums.compute_input().ns(), 3u);
  EXPECT_EQ(sums.compute_infer().ns(), 900u);
  EXPECT_EQ(sums.compute_output().ns(), 12000u);
  ASSERT_EQ(message.batch_stats_size(), 2);
  EXPECT_EQ(message.batch_stats(0).batch_size(), 1u);
  EXPECT_EQ(message.batch_stats(1).batch_size(), 5u);
  EXPECT_EQ(message.batch_stats(1).compute_infer().count(), 1u);
  EXPECT_EQ(message.batch_stats(1).compute_infer().ns(), 300u);
}

TEST(InferenceStatisticsTest, ForgetsTheOldestVersions) {
  InferenceStatistics statistics;
  for (int64_t version = 1; version <= 1030; ++version) {
    statistics.Failed("a", version, absl::ZeroDuration(), kNow + absl::Seconds(version));
  }
  const auto stats = statistics.Stats();
  ASSERT_EQ(stats.size(), 1024u);
  EXPECT_EQ(stats.front().version, 7);
  EXPECT_EQ(stats.back().version, 1030);
}

}  // namespace
}  // namespace aifx::rpc
