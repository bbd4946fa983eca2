#include "client/cli/data_check.h"

#include <gmock/gmock.h>

#include <fstream>

#include "client/cli/app.h"
#include "tests/support/sample_data.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/client/cli/captured_console.h"

namespace aifx::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Five hours of a Tuesday; the third one is missing, the last one stands twice.
constexpr char kCsv[] =
    "timestamp,open,high,low,close\n"
    "2018-06-12T10:00:00Z,1.1,1.2,1.0,1.1\n"
    "2018-06-12T11:00:00Z,1.1,1.2,1.0,1.1\n"
    "2018-06-12T13:00:00Z,1.1,1.2,1.0,1.1\n"
    "2018-06-12T13:00:00Z,1.1,1.2,1.0,1.1\n";

class DataCheckTest : public ::testing::Test {
 protected:
  int Run(const std::string& csv, std::vector<std::string> more = {}) {
    const std::string path = folder_.path() + "/candles.csv";
    std::ofstream(path) << csv;
    std::vector<std::string> arguments = {"data", "check", "--pair", "EUR/USD", "--csv", path};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return RunCli(arguments, captured_.console);
  }
  std::string out() const { return captured_.out.str(); }
  std::string err() const { return captured_.err.str(); }

  testing::TemporaryFolder folder_;
  CapturedConsole captured_;
};

TEST_F(DataCheckTest, NamesWhatAJobWouldRefuse) {
  EXPECT_EQ(Run(kCsv), kFailed);
  EXPECT_THAT(out(), HasSubstr("1 after 2018-06-12 11:00 UTC"));
  EXPECT_THAT(out(), HasSubstr("refused  1 duplicate and 0 unsorted candles"));
}

TEST_F(DataCheckTest, JsonHasEveryPlace) {
  EXPECT_EQ(Run(kCsv, {"--json"}), kFailed);
  const nlohmann::json object = nlohmann::json::parse(out());
  EXPECT_EQ(object["pair"], "EUR/USD");
  EXPECT_EQ(object["candles"], 4);
  EXPECT_EQ(object["duplicates"], 1);
  EXPECT_EQ(object["gaps"][0]["after"], "2018-06-12T11:00:00Z");
  EXPECT_EQ(object["gaps"][0]["missing"], 1);
  EXPECT_EQ(object["misplaced"][0], "2018-06-12T13:00:00Z");
  EXPECT_TRUE(object["shift_hours"].is_null());
}

TEST_F(DataCheckTest, TheSampleDataIsFine) {
  EXPECT_EQ(RunCli({"data", "check", "--pair", "EUR/USD", "--csv", testing::SampleDataPath()},
                   captured_.console),
            kDone)
      << err();
  EXPECT_THAT(out(), HasSubstr("jobs will use this series"));
}

TEST_F(DataCheckTest, SaysWhereThereIsNothing) {
  EXPECT_EQ(Run(kCsv, {"--start", "2019-01-01"}), kTooLittleData);
  EXPECT_THAT(err(), HasSubstr("no candles of EUR/USD 1h"));
}

TEST_F(DataCheckTest, NamesLineAndColumnOfABadFile) {
  EXPECT_EQ(Run("timestamp,open,high,low,close\n2018-06-12T10:00Z,1.1,high,1.0,1.1\n"), kUsage);
  EXPECT_THAT(err(), HasSubstr("candles.csv:2: high is 'high'"));
  EXPECT_THAT(out(), IsEmpty());
}

}  // namespace
}  // namespace aifx::cli
