#include "client/collect/series_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/files.h"
#include "core/base/violation.h"
#include "tests/support/status_matchers.h"

namespace aifx::collect {
namespace {

using ::aifx::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

constexpr char kConfigHeader[] = "series,country,indicator,unit,frequency,release_lag_days\n";

std::vector<SeriesSpec> Specs() {
  return {{.id = "US_CPI", .country = "US", .indicator = "cpi", .unit = "index", .lag = {1, 15}},
          {.id = "US_RATE",
           .country = "US",
           .indicator = "interest_rate",
           .unit = "percent",
           .lag = {0, 0}}};
}

absl::Time Day(int year, int month, int day) {
  return absl::FromCivil(absl::CivilDay(year, month, day), absl::UTCTimeZone());
}

TEST(ParseSeriesTest, EstimatesTheReleaseWhereTheFileHasNone) {
  ASSERT_OK_AND_ASSIGN(const SeriesData data, ParseSeries("series,reference_date,value\n"
                                                          "US_RATE,2003-01-09,2.25\n"
                                                          "US_CPI,1990-01-01,127.4\n"
                                                          "US_CPI,1990-02-01,.\n"
                                                          "US_10Y,1990-02-01,8\n",
                                                          "in/macro.csv", "macro.csv", Specs()));
  ASSERT_EQ(data.records.size(), 2u);
  const macro::FundamentalRecord& cpi = data.records[0];
  EXPECT_EQ(cpi.date, Day(1990, 1, 1));
  EXPECT_EQ(cpi.country, "US");
  EXPECT_EQ(cpi.indicator, "cpi");
  EXPECT_EQ(cpi.value, 127.4);
  EXPECT_EQ(cpi.released_at, Day(1990, 2, 16));
  EXPECT_EQ(cpi.source, "macro.csv:US_CPI (release estimated)");
  EXPECT_EQ(data.records[1].released_at, Day(2003, 1, 10)) << "the day after an effective date";
  EXPECT_EQ(data.missing, 1);
  EXPECT_THAT(data.unknown_series, ElementsAre(Pair("US_10Y", 1)));
}

TEST(ParseSeriesTest, KeepsReleasesAndRevisions) {
  ASSERT_OK_AND_ASSIGN(const SeriesData data,
                       ParseSeries("series,date,value,released_at\n"
                                   "US_CPI,2015-01-01,100,2015-02-12T13:30:00Z\n"
                                   "US_CPI,2015-01-01,101,2015-03-12T13:30:00Z\n"
                                   "US_CPI,2015-01-01,101.5,2015-03-12T13:30:00Z\n",
                                   "m", "m", Specs()));
  ASSERT_EQ(data.records.size(), 2u);
  EXPECT_EQ(data.duplicates, 1);
  EXPECT_EQ(data.records[0].value, 100);
  EXPECT_EQ(data.records[1].value, 101.5) << "of two for one release the later row";
  EXPECT_EQ(data.records[0].source, "m:US_CPI");
}

TEST(ParseSeriesTest, ListsEverythingThatIsWrong) {
  const auto data = ParseSeries(
      "series,date,value,released_at\n"
      "US_CPI,2015-01-01T05:00:00Z,100,\n"
      "US_CPI,2015-01-01,1x,\n"
      "US_CPI,2015-01-01,inf,\n"
      "US_CPI,2015-01-01,1,soon\n"
      ",2015-01-01,1,\n",
      "m", "m", Specs());
  EXPECT_THAT(data,
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("m:2: reference_date '2015-01-01T05:00:00Z' is not a date")));
  EXPECT_EQ(base::ViolationsOf(data.status()).size(), 5u);
}

TEST(ParseSeriesConfigTest, ReadsTheExamples) {
  for (const auto& [path, count] : {std::pair("examples/collect/fred_series.csv", 18),
                                    std::pair("examples/collect/file_series.csv", 3)}) {
    ASSERT_OK_AND_ASSIGN(const std::string text, base::ReadFile(path));
    ASSERT_OK_AND_ASSIGN(const auto specs, ParseSeriesConfig(text, path));
    EXPECT_EQ(static_cast<int>(specs.size()), count) << path;
    for (const SeriesSpec& spec : specs) {
      if (spec.lag.period_months == 0) continue;
      EXPECT_GE(spec.lag.lag_days, macro::DefaultReleaseLag(spec.country, spec.indicator).lag_days)
          << path << ": " << spec.id << " would count before a value without a release";
    }
  }
}

TEST(ParseSeriesConfigTest, RefusesWhatItDoesNotKnow) {
  struct Case {
    const char* row;
    const char* message;
  };
  for (const Case& c : {
           Case{"A B,US,cpi,,monthly,1", "series 'A B'"},
           Case{"A,usa,cpi,,monthly,1", "country 'usa'"},
           Case{"A,US,prices,,monthly,1", "indicator 'prices'"},
           Case{"A,US,cpi,,weekly,1", "frequency 'weekly'"},
           Case{"A,US,cpi,,monthly,-1", "release_lag_days '-1'"},
           Case{"A,US,cpi,,monthly,soon", "release_lag_days 'soon'"},
           Case{"A,US,cpi,,monthly,1\nA,US,gdp,,monthly,1", "c:3: series 'A' is there twice"},
           Case{"A,US,cpi,,monthly,1\nB,US,cpi,,monthly,1",
                "c:3: indicator 'cpi' of US has a series already"},
       }) {
    EXPECT_THAT(ParseSeriesConfig(std::string(kConfigHeader) + c.row, "c"),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(c.message)))
        << c.row;
  }
}

}  // namespace
}  // namespace aifx::collect
