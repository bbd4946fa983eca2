#include "client/cli/dataset/dataset_progress.h"

#include <gmock/gmock.h>

#include "absl/strings/str_split.h"
#include "tests/unit/client/cli/captured_console.h"

namespace aifx::cli {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(DatasetProgressTest, IsOneJsonLineAStageWithoutATerminal) {
  CapturedConsole captured;
  {
    DatasetProgress progress(captured.console);
    progress.Series("EUR/USD 1h");
    progress.Stage("writing", 0, 10);
    progress.Stage("writing", 5, 10);
    progress.Warn("odd");
  }
  const std::vector<std::string> lines =
      absl::StrSplit(captured.err.str(), '\n', absl::SkipEmpty());
  ASSERT_EQ(lines.size(), 2u);
  const auto stage = nlohmann::json::parse(lines[0]);
  EXPECT_EQ(stage["event"], "stage");
  EXPECT_EQ(stage["stage"], "writing");
  EXPECT_EQ(stage["series"], "EUR/USD 1h");
  EXPECT_THAT(stage["time"].get<std::string>(), EndsWith("Z"));
  EXPECT_EQ(nlohmann::json::parse(lines[1])["text"], "odd");
}

TEST(DatasetProgressTest, IsALineThatMovesOnATerminal) {
  CapturedConsole captured;
  captured.console.err_is_terminal = true;
  DatasetProgress progress(captured.console);
  progress.Series("EUR/USD 1h");
  progress.Stage("writing", 5, 10);
  EXPECT_THAT(captured.err.str(), HasSubstr("5 of 10 windows"));
  EXPECT_THAT(captured.err.str(), HasSubstr("###############..............."));
  EXPECT_THAT(captured.err.str(), Not(HasSubstr("\n")));
  progress.Finish();
  EXPECT_THAT(captured.err.str(), EndsWith("\x1b[2K"));
}

}  // namespace
}  // namespace aifx::cli
