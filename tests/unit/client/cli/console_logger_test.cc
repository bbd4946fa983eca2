#include "client/cli/console_logger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/unit/client/cli/captured_console.h"

namespace aifx::cli {
namespace {

TEST(ConsoleLoggerTest, WritesWarningsAsJsonLinesWhereNoTerminalIs) {
  CapturedConsole captured;
  ConsoleLogger logger(captured.console);
  logger.Info("not shown");
  logger.Warning("a call waits", {{"wait", "7s"}, {"event", "not this one"}});
  const nlohmann::json line = nlohmann::json::parse(captured.err.str());
  EXPECT_EQ(line["event"], "warning");
  EXPECT_EQ(line["message"], "a call waits");
  EXPECT_EQ(line["wait"], "7s");
  EXPECT_TRUE(line.contains("time"));
  EXPECT_EQ(captured.out.str(), "");
}

TEST(ConsoleLoggerTest, WritesTextOnATerminal) {
  CapturedConsole captured;
  captured.console.err_is_terminal = true;
  ConsoleLogger logger(captured.console);
  logger.Error("it failed", {{"server", "http://h:1"}, {"request_id", ""}});
  EXPECT_EQ(captured.err.str(), "\r\x1b[2Kerror: it failed  server=http://h:1\n");
}

}  // namespace
}  // namespace aifx::cli
