#include <gmock/gmock.h>

#include "client/cli/app.h"
#include "tests/unit/client/cli/captured_console.h"

namespace aifx::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// No port answers there, should the source be asked all the same.
constexpr char kSource[] = "http://user:s3cret@127.0.0.1:1/cal.csv";

TEST(CollectSourceTest, APasswordInASourceIsRefusedAndNeverShown) {
  const std::string series = "examples/collect/file_series.csv";
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"collect", "calendar", kSource},
        std::vector<std::string>{"collect", "fundamentals", kSource, "--series", series},
        std::vector<std::string>{"collect", "fundamentals", "x.csv", "--series", kSource}}) {
    CapturedConsole captured;
    EXPECT_EQ(RunCli(arguments, captured.console), kFailed);
    EXPECT_THAT(captured.err.str(), HasSubstr("user name or password"));
    EXPECT_THAT(captured.err.str() + captured.out.str(), Not(HasSubstr("s3cret")));
  }
}

}  // namespace
}  // namespace aifx::cli
