// The calendar and the validation against candles that the market made.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "core/market/trading_calendar.h"
#include "core/market/validation.h"
#include "tests/support/candles.h"
#include "tests/support/sample_data.h"
#include "tests/support/status_matchers.h"

namespace aifx::market {
namespace {

using ::aifx::testing::FlatCandle;
using ::aifx::testing::ReadSampleCandles;
using ::aifx::testing::SampleCandles;
using ::aifx::testing::SampleDataPath;
using ::aifx::testing::SamplePair;
using ::aifx::testing::StatusIs;
using ::aifx::testing::Time;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

double ShareInOpenHours(const std::vector<Candle>& candles) {
  const TradingCalendar calendar;
  size_t open = 0;
  for (const Candle& candle : candles) open += calendar.IsOpen(candle.open_time);
  return static_cast<double>(open) / static_cast<double>(candles.size());
}

// Which share of the hours that the calendar expects has a candle.
double ShareOfExpectedHours(const std::vector<Candle>& candles) {
  const TradingCalendar calendar;
  return static_cast<double>(candles.size()) /
         static_cast<double>(calendar.ExpectedCandles(Timeframe::k1Hour, candles.front().open_time,
                                                      candles.back().open_time + absl::Hours(1)));
}

TEST(SampleDataTest, IsTheDocumentedSeries) {
  const std::vector<Candle> candles = SampleCandles();
  ASSERT_EQ(candles.size(), 20000u);
  const Candle& first = candles.front();
  EXPECT_EQ(first.open_time, Time("2015-09-30T07:00:00Z"));
  EXPECT_EQ(first.open, 1.12196);
  EXPECT_EQ(first.high, 1.12321);
  EXPECT_EQ(first.low, 1.12117);
  EXPECT_EQ(first.close, 1.12289);
  EXPECT_NEAR(first.spread_pips.value(), 1.4, 1e-9);
  EXPECT_FALSE(first.volume.has_value());
  EXPECT_EQ(candles.back().open_time, Time("2018-12-31T21:00:00Z"));
}

TEST(SampleDataTest, IsWellFormedButForGaps) {
  const CandleFindings findings =
      ValidateCandles(SampleCandles(), Timeframe::k1Hour, Time("2019-01-01T00:00:00Z"),
                      {.min_candles = 1, .max_candles = 20000});
  EXPECT_THAT(findings.violations, ElementsAre());
  ASSERT_EQ(findings.warnings.size(), 1u);
  EXPECT_EQ(findings.warnings[0].code, "INTRAWEEK_GAP");
}

TEST(SampleDataTest, LiesInOpenHours) {
  const std::vector<Candle> candles = SampleCandles();
  EXPECT_GT(ShareInOpenHours(candles), 0.9998);
  EXPECT_GT(ShareOfExpectedHours(candles), 0.98);
}

TEST(SampleDataTest, ReaderNamesFileAndLine) {
  EXPECT_THAT(ReadSampleCandles("examples/data/README.md", SamplePair()),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("README.md:1: the header is not timestamp,")));
  EXPECT_THAT(ReadSampleCandles("examples/data/absent.csv", SamplePair()),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("absent.csv")));
}

TEST(RealHistoryTest, TwelveYearsLieInOpenHours) {
  const char* folder = std::getenv("AIFX_SHARED_DATA");
  const std::string path = std::string(folder != nullptr ? folder : "../shared/data") +
                           "/EURUSD_1h_bidask_2007_2018.csv";
  std::ifstream file(path);
  if (!file) GTEST_SKIP() << path << " is not there (AIFX_SHARED_DATA names another folder)";
  std::vector<Candle> candles;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    candles.push_back(FlatCandle(Time(line.substr(0, line.find(',')))));
  }
  ASSERT_EQ(candles.size(), 74439u);
  const double in_open_hours = ShareInOpenHours(candles);
  const double of_expected = ShareOfExpectedHours(candles);
  RecordProperty("share_in_open_hours", std::to_string(in_open_hours));
  RecordProperty("share_of_expected_hours", std::to_string(of_expected));
  std::cout << "candles in open hours: " << in_open_hours
            << ", candles for each expected hour: " << of_expected << "\n";
  // 44 candles lie outside, all of Christmas and New Year of 2007 to 2009.
  EXPECT_GT(in_open_hours, 0.9994);
  EXPECT_GT(of_expected, 0.995);
  EXPECT_LT(of_expected, 1.0);
}

}  // namespace
}  // namespace aifx::market
