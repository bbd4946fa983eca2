#include "server/ops/logger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/support/fake_clock.h"

namespace aifx::ops {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string Logged(LogForm form, base::LogLevel minimum, base::LogLevel level,
                   const std::string& message, const base::LogFields& fields) {
  std::ostringstream out;
  testing::FakeClock clock;
  MakeLogger(out, form, minimum, clock)->Log(level, message, fields);
  return out.str();
}

TEST(LoggerTest, JsonLinesParseAndKeepFields) {
  const std::string line = Logged(LogForm::kJson, base::LogLevel::kInfo, base::LogLevel::kWarning,
                                  "a {} \"b\"\n", {{"request_id", "r-1"}, {"bad", "\xff"}});
  ASSERT_EQ(line.find('\n'), line.size() - 1);
  const auto json = nlohmann::json::parse(line);
  EXPECT_EQ(json["message"], "a {} \"b\"\n");
  EXPECT_EQ(json["level"], "warning");
  EXPECT_EQ(json["request_id"], "r-1");
  EXPECT_EQ(json["time"], "2018-06-12T10:00:00.000Z");
}

TEST(LoggerTest, TextLinesCannotBeForged) {
  EXPECT_EQ(Logged(LogForm::kText, base::LogLevel::kInfo, base::LogLevel::kInfo, "hello",
                   {{"a", "1"}, {"b", "x y\n2018 ERROR forged"}}),
            "2018-06-12T10:00:00.000Z INFO    hello a=1 b=\"x y\\n2018 ERROR forged\"\n");
}

TEST(LoggerTest, DropsWhatIsBelowTheMinimum) {
  EXPECT_EQ(Logged(LogForm::kText, base::LogLevel::kWarning, base::LogLevel::kInfo, "x", {}), "");
  EXPECT_THAT(Logged(LogForm::kText, base::LogLevel::kWarning, base::LogLevel::kError, "x", {}),
              HasSubstr("ERROR"));
}

TEST(LoggerTest, TheMinimumChangesAndLinesAreCounted) {
  std::ostringstream out;
  testing::FakeClock clock;
  const auto logger = MakeLogger(out, LogForm::kText, base::LogLevel::kWarning, clock);
  logger->Info("one");
  logger->SetMinimum(base::LogLevel::kInfo);
  logger->Info("two");
  logger->SetMinimum(base::LogLevel::kError);
  logger->Warning("three");
  EXPECT_THAT(out.str(), AllOf(HasSubstr("two"), Not(HasSubstr("one")), Not(HasSubstr("three"))));
  EXPECT_EQ(logger->Lines(base::LogLevel::kInfo), 1);
  EXPECT_EQ(logger->Lines(base::LogLevel::kWarning), 0);
}

}  // namespace
}  // namespace aifx::ops
