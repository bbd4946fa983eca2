#ifndef AIFX_TESTS_UNIT_CLIENT_CLI_FEATURES_COMPUTE_FIXTURE_H_
#define AIFX_TESTS_UNIT_CLIENT_CLI_FEATURES_COMPUTE_FIXTURE_H_

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "client/cli/app.h"
#include "core/base/files.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/client/cli/captured_console.h"

namespace aifx::cli {

// The golden candles without the comment line: header and one line a candle.
inline std::vector<std::string> GoldenLines() {
  std::vector<std::string> lines =
      absl::StrSplit(base::ReadFile("tests/golden/features/technical_candles.csv").value(), '\n',
                     absl::SkipEmpty());
  lines.erase(lines.begin());
  return lines;
}

// Runs `aifx features compute` on a file of candles, in a folder of its own.
class FeaturesComputeTest : public ::testing::Test {
 protected:
  void WriteInput(const std::vector<std::string>& lines) {
    std::ofstream(input()) << absl::StrJoin(lines, "\n") << "\n";
  }
  std::string input() const { return folder_ / "in.csv"; }
  std::string output() const { return folder_ / "out.csv"; }

  int Compute(const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {"features", "compute", "--csv",
                                          input(),    "--out",   output()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    captured_.err.str("");
    return RunCli(arguments, captured_.console);
  }
  std::string err() const { return captured_.err.str(); }

  // Computes with line `number` (1: the header) replaced, and expects to be told about it.
  void ExpectRefused(size_t number, const std::string& line, const std::string& want) {
    std::vector<std::string> lines = GoldenLines();
    lines[number - 1] = line;
    WriteInput(lines);
    EXPECT_EQ(Compute({"--set", "v3.2"}), kUsage) << want;
    EXPECT_THAT(err(), ::testing::HasSubstr(absl::StrCat("in.csv:", number, ": ", want)));
    EXPECT_FALSE(std::filesystem::exists(output()));
  }

  testing::TemporaryFolder folder_;
  CapturedConsole captured_;
};

}  // namespace aifx::cli

#endif  // AIFX_TESTS_UNIT_CLIENT_CLI_FEATURES_COMPUTE_FIXTURE_H_
