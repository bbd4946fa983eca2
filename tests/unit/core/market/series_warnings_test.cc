#include "core/market/series_warnings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "core/market/validation.h"
#include "tests/support/candles.h"

namespace aifx::market {
namespace {

using ::aifx::testing::FlatCandle;
using ::aifx::testing::Time;
using ::testing::IsEmpty;

using Candles = std::vector<Candle>;

struct WarningCase {
  const char* name;
  Timeframe timeframe;
  std::vector<const char*> opens;
  std::vector<base::Warning> warnings;
};

TEST(SeriesWarningsTest, WarnsOfGapsAndAnchors) {
  const WarningCase cases[] = {
      {"a weekend is no gap",
       Timeframe::k1Hour,
       {"2018-06-15T20:00:00Z", "2018-06-17T21:00:00Z"},
       {}},
      {"nor where the clock changes",
       Timeframe::k1Hour,
       {"2018-03-09T21:00:00Z", "2018-03-11T21:00:00Z"},
       {}},
      {"one hour",
       Timeframe::k1Hour,
       {"2018-06-12T10:00:00Z", "2018-06-12T12:00:00Z"},
       {{"INTRAWEEK_GAP",
         "1 candle is missing while the market was open, first between candles[0] "
         "(2018-06-12T10:00:00+00:00) and candles[1] (2018-06-12T12:00:00+00:00)"}}},
      {"Sunday's first hours, and two later",
       Timeframe::k1Hour,
       {"2018-06-15T19:00:00Z", "2018-06-15T20:00:00Z", "2018-06-18T00:00:00Z",
        "2018-06-18T03:00:00Z"},
       {{"INTRAWEEK_GAP",
         "5 candles are missing while the market was open, first between candles[1] "
         "(2018-06-15T20:00:00+00:00) and candles[2] (2018-06-18T00:00:00+00:00)"}}},
      {"4h of New York through both changes of the clock",
       Timeframe::k4Hours,
       {"2018-03-09T18:00:00Z", "2018-03-11T21:00:00Z", "2018-03-12T01:00:00Z"},
       {}},
      {"4h of UTC over a weekend",
       Timeframe::k4Hours,
       {"2018-06-15T16:00:00Z", "2018-06-15T20:00:00Z", "2018-06-17T20:00:00Z"},
       {}},
      {"4h that change their anchor midweek",
       Timeframe::k4Hours,
       {"2018-06-12T09:00:00Z", "2018-06-12T13:00:00Z", "2018-06-12T18:00:00Z"},
       {{"UNEVEN_ANCHOR",
         "candles[2] (2018-06-12T18:00:00+00:00) of 4h is not anchored like candles[0] "
         "(2018-06-12T09:00:00+00:00)"}}},
      {"days without Sundays",
       Timeframe::k1Day,
       {"2018-06-14T00:00:00Z", "2018-06-15T00:00:00Z", "2018-06-18T00:00:00Z"},
       {}},
      {"days with a missing Tuesday",
       Timeframe::k1Day,
       {"2018-06-11T00:00:00Z", "2018-06-13T00:00:00Z"},
       {{"INTRAWEEK_GAP",
         "1 candle is missing while the market was open, first between candles[0] "
         "(2018-06-11T00:00:00+00:00) and candles[1] (2018-06-13T00:00:00+00:00)"}}},
      {"a missing week",
       Timeframe::k1Week,
       {"2018-06-03T21:00:00Z", "2018-06-17T21:00:00Z"},
       {{"INTRAWEEK_GAP",
         "1 candle is missing while the market was open, first between candles[0] "
         "(2018-06-03T21:00:00+00:00) and candles[1] (2018-06-17T21:00:00+00:00)"}}},
      {"weeks as the clock goes forward",
       Timeframe::k1Week,
       {"2018-03-04T22:00:00Z", "2018-03-11T21:00:00Z"},
       {}},
      {"months",
       Timeframe::k1Month,
       {"2018-01-01T00:00:00Z", "2018-02-01T00:00:00Z", "2018-03-01T00:00:00Z"},
       {}},
  };
  for (const WarningCase& t : cases) {
    SCOPED_TRACE(t.name);
    Candles candles;
    for (const char* open : t.opens) candles.push_back(FlatCandle(Time(open)));
    const CandleFindings findings =
        ValidateCandles(candles, t.timeframe, Time("2019-01-01T00:00:00Z"), {});
    EXPECT_THAT(findings.violations, IsEmpty());
    EXPECT_EQ(findings.warnings.size(), t.warnings.size());
    for (size_t i = 0; i < std::min(findings.warnings.size(), t.warnings.size()); ++i) {
      EXPECT_EQ(findings.warnings[i].code, t.warnings[i].code);
      EXPECT_EQ(findings.warnings[i].text, t.warnings[i].text);
    }
  }
}

TEST(SeriesWarningsTest, NothingIsSaidOfNoCandlesOrOne) {
  std::vector<base::Warning> warnings;
  AddSeriesWarnings({}, Timeframe::k4Hours, warnings);
  const Candle one = FlatCandle(Time("2018-06-12T10:00:00Z"));
  AddSeriesWarnings(absl::MakeConstSpan(&one, 1), Timeframe::k4Hours, warnings);
  EXPECT_THAT(warnings, IsEmpty());
}

}  // namespace
}  // namespace aifx::market
