#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "client/cli/features_table.h"
#include "core/base/files.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/client/cli/features_compute_fixture.h"

namespace aifx::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST_F(FeaturesComputeTest, WritesWhatTheSetComputes) {
  WriteInput(GoldenLines());
  ASSERT_EQ(Compute({"--set", "v3.2"}), kDone) << err();
  EXPECT_THAT(err(), AllOf(HasSubstr("wrote 41 rows of 38 columns (v3.2)"),
                           HasSubstr("first 2100 candles depend")));
  const std::vector<std::string> lines =
      absl::StrSplit(base::ReadFile(output()).value(), '\n', absl::SkipEmpty());
  ASSERT_EQ(lines.size(), 42u);
  EXPECT_THAT(lines[0], StartsWith("timestamp,open,high,low,close,volume,returns,"));
  const std::vector<std::string> in = absl::StrSplit(GoldenLines().back(), ',');
  const std::vector<std::string> out = absl::StrSplit(lines.back(), ',');
  ASSERT_EQ(out.size(), 39u);
  EXPECT_EQ(out[0], in[0]);  // the time as it was
  for (size_t c = 1; c <= 5; ++c) {
    double a = 0, b = 0;
    ASSERT_TRUE(absl::SimpleAtod(in[c], &a) && absl::SimpleAtod(out[c], &b));
    EXPECT_EQ(a, b);
    EXPECT_LE(out[c].size(), in[c].size()) << "not the shortest form";
  }
}

TEST_F(FeaturesComputeTest, ConventionChangesTheNumbers) {
  WriteInput(GoldenLines());
  ASSERT_EQ(Compute({"--set", "v3.2"}), kDone);
  const std::string reference = base::ReadFile(output()).value();
  ASSERT_EQ(Compute({"--set", "v3.2", "--convention", "talib"}), kDone);
  EXPECT_THAT(err(), HasSubstr("(v3.2-talib)"));
  const std::string talib = base::ReadFile(output()).value();
  EXPECT_NE(talib, reference);
  ASSERT_EQ(Compute({"--set", "v3.2-talib"}), kDone) << err();
  EXPECT_EQ(base::ReadFile(output()).value(), talib) << "without a convention the set's own";
  EXPECT_EQ(Compute({"--set", "v3.2-talib", "--convention", "reference"}), kUsage);
}

TEST_F(FeaturesComputeTest, BadInputNamesLineColumnAndValue) {
  ExpectRefused(1, "timestamp,open,high,low,volume,x", "the header has no column 'close'");
  ExpectRefused(3, "2016-06-14T01:00:00Z,1.4,1.5,abc,1.4,1", "low is 'abc'");
  ExpectRefused(3, "yesterday,1.4,1.5,1.3,1.4,1", "timestamp is 'yesterday'");
  ExpectRefused(3, "2016-06-14T01:00:00Z,1.4,1.5,1.3,nan,1", "close is nan");
  ExpectRefused(3, "2016-06-14T01:00:00Z,1.4,1.5,-1.3,1.4,1", "low is -1.3");
  ExpectRefused(3, "2016-06-14T01:00:00Z,1.6,1.5,1.3,1.4,1", "open 1.6 is above high 1.5");
  ExpectRefused(3, "2016-06-14T01:00:00Z,1.4,1.5,1.3,1.2,1", "close 1.2 is below low 1.3");
  ExpectRefused(3, "2016-06-14T01:00:00Z,1.4,1.5,1.3,1.4,-1", "volume is -1");
  ExpectRefused(1, "timestamp,open,high,low,close,Open",
                "the header names the column 'open' twice");
  ExpectRefused(3, "2016-06-14T00:00:00Z,1.4,1.5,1.3,1.4,1",
                "timestamp is 2016-06-14T00:00:00Z, not later than that of line 2");
  ExpectRefused(3, "2016-06-14T01:00:00Z,1.4,1.5,1.3", "4 cells under 6 columns");
}

// A spread in price units is told as it stands there, not in pips.
TEST_F(FeaturesComputeTest, ABadSpreadIsNamedAsInTheFile) {
  for (const auto& [column, want] :
       {std::pair("spread", "in.csv:3: spread is -0.0002, must be"),
        std::pair("spread_pips", "in.csv:3: spread_pips is -0.0002")}) {
    std::vector<std::string> lines = GoldenLines();
    lines[0] += absl::StrCat(",", column);
    for (size_t i = 1; i < lines.size(); ++i) lines[i] += i == 2 ? ",-0.0002" : ",0.0001";
    WriteInput(lines);
    EXPECT_EQ(Compute({}), kUsage);
    EXPECT_THAT(err(), HasSubstr(want));
  }
}

TEST_F(FeaturesComputeTest, RowsWithUndefinedValuesAreLeftOutAndCounted) {
  std::vector<std::string> lines = GoldenLines();
  lines.back().erase(lines.back().rfind(',') + 1);  // no volume
  WriteInput(lines);
  ASSERT_EQ(Compute({"--set", "v3.2"}), kDone) << err();
  EXPECT_THAT(err(),
              AllOf(HasSubstr("left out 1 rows"), HasSubstr("volume of"), HasSubstr("in.csv:241")));
}

TEST_F(FeaturesComputeTest, NoVolumeAtAllIsAnErrorThatNamesIt) {
  std::vector<std::string> lines = GoldenLines();
  for (std::string& line : lines) line.erase(line.rfind(','));
  WriteInput(lines);
  EXPECT_EQ(Compute({"--set", "v3.2"}), kFailed);
  EXPECT_THAT(err(), HasSubstr("volume is undefined (no volume)"));
  EXPECT_EQ(Compute({"--set", "stationary-v1"}), kDone) << err();
}

TEST_F(FeaturesComputeTest, TooFewCandlesIsAnErrorWithBothNumbers) {
  std::vector<std::string> lines = GoldenLines();
  lines.resize(151);
  WriteInput(lines);
  EXPECT_EQ(Compute({"--set", "v3.2"}), kFailed);
  EXPECT_THAT(err(), HasSubstr("needs 200 candles, 150 came"));
}

TEST_F(FeaturesComputeTest, WrongUsageAndMissingFiles) {
  EXPECT_EQ(Compute({"--set", "v3.2"}), kFailed);
  EXPECT_THAT(err(), HasSubstr("in.csv"));
  WriteInput(GoldenLines());
  EXPECT_EQ(Compute({"--set", "v9"}), kUsage);
  EXPECT_THAT(err(), HasSubstr("no feature set 'v9'"));
  EXPECT_EQ(Compute({"--convention", "mine"}), kUsage);
  EXPECT_EQ(RunCli({"features", "compute", "--csv", input(), "--out", folder_ / "no/out.csv"},
                   captured_.console),
            kFailed);
}

// Every line of context is that of the candles: all pairs then do the same.
TEST_F(FeaturesComputeTest, SetsWithContextTakeOtherPairsAsFiles) {
  WriteInput(GoldenLines());
  const std::string context = input();
  EXPECT_EQ(Compute({"--set", "stationary-v2", "--pair", "EUR/USD"}), kUsage);
  EXPECT_THAT(err(), AllOf(HasSubstr("GBP/USD, USD/JPY, AUD/USD too for EUR/USD"),
                           HasSubstr("--context PAIR=FILE")));
  std::vector<std::string> arguments = {"--set", "stationary-v2", "--pair", "EUR/USD"};
  for (const char* pair : {"GBP/USD", "USD/JPY", "AUD/USD"}) {
    arguments.insert(arguments.end(), {"--context", absl::StrCat(pair, "=", context)});
  }
  ASSERT_EQ(Compute(arguments), kDone) << err();
  const std::vector<std::string> lines =
      absl::StrSplit(base::ReadFile(output()).value(), '\n', absl::SkipEmpty());
  EXPECT_EQ(lines.size(), GoldenLines().size() - 49);
  const std::vector<std::string> row = absl::StrSplit(lines.back(), ',');
  EXPECT_EQ(row.back(), "1");  // has_dollar_pairs
  EXPECT_EQ(row[row.size() - 6], row[row.size() - 4]) << "GBP/USD and USD/JPY moved alike";
}

// The other pairs have 300 candles before those of --csv: more than a stream holds ahead.
TEST_F(FeaturesComputeTest, ContextMayBeLongerThanTheCandles) {
  const std::vector<std::string> lines = GoldenLines();
  WriteInput(lines);
  std::vector<std::string> longer = {lines[0]};
  const absl::Time first = absl::FromCivil(absl::CivilHour(2016, 6, 14), absl::UTCTimeZone());
  for (int i = 300; i > 0; --i) {
    longer.push_back(absl::StrCat(
        absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", first - i * absl::Hours(1), absl::UTCTimeZone()),
        ",1.1,1.2,1.0,", 1.1 + 0.0001 * (i % 7), ",1"));
  }
  longer.insert(longer.end(), lines.begin() + 1, lines.end());
  const std::string more = folder_ / "more.csv";
  std::ofstream(more) << absl::StrJoin(longer, "\n") << "\n";
  const auto compute = [&](const std::string& context) {
    EXPECT_EQ(
        Compute({"--set", "stationary-v2", "--pair", "EUR/USD", "--context", "GBP/USD=" + context,
                 "--context", "USD/JPY=" + context, "--context", "AUD/USD=" + context}),
        kDone)
        << err();
    return base::ReadFile(output()).value();
  };
  const std::string with_more = compute(more);
  EXPECT_EQ(with_more, compute(input())) << "no row depends on them";
}

TEST_F(FeaturesComputeTest, WrongContextIsAnErrorThatNamesIt) {
  WriteInput(GoldenLines());
  const auto refuses = [&](const std::vector<std::string>& context, const std::string& want) {
    std::vector<std::string> arguments = {"--set", "stationary-v2"};
    for (const std::string& word : context) arguments.insert(arguments.end(), {"--context", word});
    EXPECT_EQ(Compute(arguments), kUsage) << want;
    EXPECT_THAT(err(), HasSubstr(want));
  };
  refuses({"GBP/USD"}, "--context GBP/USD is not PAIR=FILE");
  refuses({absl::StrCat("EUR/GBP=", input())}, "--context EUR/GBP: feature set stationary-v2");
  refuses({absl::StrCat("x=", input())}, "--context: ");
  refuses({absl::StrCat("GBP/USD=", input()), absl::StrCat("GBPUSD=", input())},
          "--context GBP/USD is given twice");
  EXPECT_EQ(Compute({"--set", "v3.2", "--context", absl::StrCat("GBP/USD=", input())}), kUsage);
  EXPECT_EQ(Compute({"--set", "stationary-v2", "--pair", "x"}), kUsage);
}

// A candle counts only once it has closed.
TEST(CheckCandleLinesTest, RefusesACandleInProgress) {
  std::vector<market::Candle> candles(3);
  const absl::Time start = absl::FromUnixSeconds(1'500'000'000);
  for (int i = 0; i < 3; ++i) {
    candles[i] = {start + i * absl::Hours(1), 1.1, 1.1, 1.1, 1.1};
  }
  const std::vector<CandleLine> lines = {{2}, {3}, {4}};
  const absl::Time close = start + absl::Hours(3);
  EXPECT_OK(CheckCandleLines(candles, lines, "f.csv", close));
  EXPECT_THAT(CheckCandleLines(candles, lines, "f.csv", close - absl::Seconds(1)),
              testing::StatusIs(absl::StatusCode::kInvalidArgument,
                                AllOf(HasSubstr("f.csv:4: timestamp is 2017-07-14T04:40:00Z"),
                                      HasSubstr("has not closed"))));
}

}  // namespace
}  // namespace aifx::cli
