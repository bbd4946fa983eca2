#include "client/cli/features_output.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "tests/support/status_matchers.h"
#include "tests/unit/client/cli/features_compute_fixture.h"

namespace aifx::cli {
namespace {

using ::testing::HasSubstr;

// A link such as /dev/stdout stays one, and what it leads to gets the table.
TEST_F(FeaturesComputeTest, WritesThroughALink) {
  WriteInput(GoldenLines());
  ASSERT_EQ(Compute({}), kDone) << err();
  const std::string want = base::ReadFile(output()).value();
  std::filesystem::remove(output());
  std::filesystem::create_symlink(folder_ / "behind.csv", output());
  ASSERT_EQ(Compute({}), kDone) << err();
  EXPECT_TRUE(std::filesystem::is_symlink(output()));
  EXPECT_EQ(base::ReadFile(folder_ / "behind.csv").value(), want);
}

TEST_F(FeaturesComputeTest, WritesIntoAPipe) {
  WriteInput(GoldenLines());
  ASSERT_EQ(Compute({"--set", "raw-ohlcv"}), kDone) << err();
  const std::string want = base::ReadFile(output()).value();
  ASSERT_LT(want.size(), 65'536u) << "more than a pipe holds without a reader";
  std::filesystem::remove(output());
  ASSERT_EQ(::mkfifo(output().c_str(), 0600), 0);
  const int fd = ::open(output().c_str(), O_RDONLY | O_NONBLOCK);
  ASSERT_GE(fd, 0);
  EXPECT_EQ(Compute({"--set", "raw-ohlcv"}), kDone) << err();
  std::string got(65'536, '\0');
  const ssize_t length = ::read(fd, got.data(), got.size());
  ::close(fd);
  EXPECT_EQ(got.substr(0, static_cast<size_t>(std::max<ssize_t>(length, 0))), want);
  EXPECT_TRUE(std::filesystem::is_fifo(output()));
}

TEST_F(FeaturesComputeTest, AnNpyDoesNotGoIntoAPipe) {
  WriteInput(GoldenLines());
  const std::string pipe = folder_ / "pipe.npy";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(RunCli({"features", "compute", "--csv", input(), "--out", pipe}, captured_.console),
            kUsage);
  EXPECT_THAT(err(), HasSubstr("pipe.npy is no regular file"));
}

class DiscardTable final : public table::TableWriter {
 public:
  absl::Status Append(absl::Time, absl::Span<const double>) override { return absl::OkStatus(); }
  absl::Status Close() override { return absl::OkStatus(); }
};

TEST(WriteFeatureTableTest, EndsWhereItIsCancelled) {
  std::vector<market::Candle> candles(60);
  for (int i = 0; i < 60; ++i) {
    candles[i] = {absl::UnixEpoch() + i * absl::Hours(1), 1.1, 1.1, 1.1, 1.1};
  }
  DiscardTable table;
  const base::CallContext context;
  EXPECT_OK(WriteFeatureTable(features::DefaultFeatureSet(), candles, table, context));
  context.Cancel();
  EXPECT_THAT(WriteFeatureTable(features::DefaultFeatureSet(), candles, table, context),
              testing::StatusIs(absl::StatusCode::kCancelled, HasSubstr("interrupted")));
}

}  // namespace
}  // namespace aifx::cli
