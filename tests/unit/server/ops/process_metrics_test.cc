#include "server/ops/process_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/support/status_matchers.h"
#include "tests/support/temporary_folder.h"

namespace aifx::ops {
namespace {

using ::testing::HasSubstr;
using testing::StatusIs;

class ProcessStatsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(folder_ / "7/fd");
    Write("stat", "cpu  1 2 3\nbtime 1528797600\nprocesses 5\n");
    for (const char* name : {"0", "1", "2"}) Write(std::string("7/fd/") + name, "");
  }
  void Write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
  }

  testing::TemporaryFolder folder_;
};

TEST_F(ProcessStatsTest, ReadsWhatTheManualSays) {
  // The name may hold spaces and parentheses.
  Write("7/stat",
        "7 (a) b (c) S 1 7 7 0 -1 4194560 100 0 0 0 150 50 0 0 20 0 12 0 500 1000000 300 "
        "18446744073709551615 1 1 0 0 0 0 0 0 0\n");
  ASSERT_OK_AND_ASSIGN(const ProcessStats stats, ReadProcessStats(folder_.path(), "7"));
  const double ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  EXPECT_EQ(stats.cpu, absl::Seconds(200 / ticks));
  EXPECT_EQ(stats.threads, 12);
  EXPECT_EQ(stats.started, absl::FromUnixSeconds(1528797600) + absl::Seconds(500 / ticks));
  EXPECT_EQ(stats.resident_bytes, 300.0 * static_cast<double>(sysconf(_SC_PAGESIZE)));
  EXPECT_EQ(stats.open_descriptors, 3);
}

TEST_F(ProcessStatsTest, RefusesWhatItDoesNotUnderstand) {
  EXPECT_THAT(ReadProcessStats(folder_.path(), "8"),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("stat")));
  Write("7/stat", "7 (a) S 1 7");
  EXPECT_THAT(ReadProcessStats(folder_.path(), "7"),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("stat")));
}

TEST(ProcessStatsOfThisProcessTest, IsPlausible) {
  ASSERT_OK_AND_ASSIGN(const ProcessStats stats, ReadProcessStats());
  EXPECT_GT(stats.resident_bytes, 1e6);
  EXPECT_GE(stats.open_descriptors, 3);
  EXPECT_GE(stats.threads, 1);
  EXPECT_LT(stats.started, absl::Now());
  EXPECT_GT(stats.started, absl::Now() - absl::Hours(1));
}

}  // namespace
}  // namespace aifx::ops
