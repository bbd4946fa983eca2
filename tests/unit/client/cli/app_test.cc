#include "client/cli/app.h"

#include <gmock/gmock.h>

#include "tests/unit/client/cli/captured_console.h"

namespace aifx::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(AppTest, HelpAndVersionAreAnswersOnStdout) {
  for (const char* flag : {"--help", "--version"}) {
    CapturedConsole captured;
    EXPECT_EQ(RunCli({flag}, captured.console), kDone) << flag;
    EXPECT_THAT(captured.out.str(), HasSubstr("aifx"));
    EXPECT_THAT(captured.err.str(), IsEmpty());
  }
}

TEST(AppTest, HelpListsExitCodes) {
  CapturedConsole captured;
  RunCli({"--help"}, captured.console);
  EXPECT_THAT(captured.out.str(),
              HasSubstr("75  training, features, dataset: too little data yet"));
}

struct UsageCase {
  std::vector<std::string> arguments;
  std::string want;  // in the message
};

TEST(AppTest, WrongUsageIsTwoAndNamesTheCulprit) {
  const UsageCase kCases[] = {
      {{}, "subcommand"},
      {{"bogus"}, "bogus"},
      {{"predict"}, "--pair"},
      {{"predict", "--pair", "EURUS"}, "EURUS"},
      {{"predict", "--pair", "EUR/USD", "--timeframe", "2h"}, "2h"},
      {{"predict", "--pair", "EUR/USD", "--as-of", "yesterday"}, "yesterday"},
      {{"predict", "--pair", "EUR/USD", "--timeout", "0"}, "--timeout"},
      {{"outcome", "id", "--outcome", "draw", "--pnl-pips", "1", "--pnl-percent", "1"}, "draw"},
      {{"outcome", "id", "--outcome", "win"}, "--pnl"},
      {{"accuracy", "--min-confidence", "1.5"}, "--min-confidence"},
      {{"accuracy", "--start", "soon"}, "soon"},
      {{"predictions", "--status", "gone"}, "gone"},
      {{"outbox"}, "subcommand"},
      {{"outbox", "list", "--state", "gone"}, "gone"},
      {{"outbox", "show"}, "id"},
      {{"outbox", "purge"}, "--state"},
      {{"outbox", "purge", "--state", "dead", "--older-than", "soon"}, "soon"},
      {{"train"}, "subcommand"},
      {{"train", "weekly", "--pair", "EUR/USD", "--redis-url", "rediss://h"}, "TLS"},
      {{"train", "weekly", "--pair", "EUR/USD", "--days", "5", "--start", "2018-01-01"}, "--days"},
  };
  for (const UsageCase& t : kCases) {
    CapturedConsole captured;
    EXPECT_EQ(RunCli(t.arguments, captured.console), kUsage) << t.want;
    EXPECT_THAT(captured.err.str(), HasSubstr(t.want));
    EXPECT_THAT(captured.out.str(), IsEmpty());
  }
}

}  // namespace
}  // namespace aifx::cli
