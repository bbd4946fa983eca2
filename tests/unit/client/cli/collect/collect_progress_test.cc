#include "client/cli/collect/collect_progress.h"

#include <gmock/gmock.h>

#include "absl/strings/str_split.h"
#include "tests/unit/client/cli/captured_console.h"

namespace aifx::cli {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(CollectProgressTest, IsJsonLinesWithoutATerminal) {
  CapturedConsole captured;
  {
    CollectProgress progress(captured.console);
    progress.Reading("FRED GDPC1", 0, 2);
    progress.Batch(10, 25);
    progress.Warnings({"x.csv:3: actual '\xff' is not one number"});
  }
  const std::vector<std::string> lines =
      absl::StrSplit(captured.err.str(), '\n', absl::SkipEmpty());
  ASSERT_EQ(lines.size(), 3u);
  const auto reading = nlohmann::json::parse(lines[0]);
  EXPECT_EQ(reading["event"], "reading");
  EXPECT_EQ(reading["source"], "FRED GDPC1");
  EXPECT_THAT(reading["time"].get<std::string>(), EndsWith("Z"));
  EXPECT_EQ(nlohmann::json::parse(lines[1])["written"], 10);
  EXPECT_THAT(nlohmann::json::parse(lines[2])["text"].get<std::string>(), HasSubstr("x.csv:3"));
}

TEST(CollectProgressTest, IsALineThatMovesOnATerminal) {
  CapturedConsole captured;
  captured.console.err_is_terminal = true;
  CollectProgress progress(captured.console);
  progress.Batch(10, 20);
  EXPECT_THAT(captured.err.str(), HasSubstr("10 of 20"));
  EXPECT_THAT(captured.err.str(), Not(HasSubstr("\n")));
  progress.Warnings(std::vector<std::string>(12, "odd"));
  EXPECT_THAT(captured.err.str(), EndsWith("  and 2 more like these\n"));
}

}  // namespace
}  // namespace aifx::cli
