#include "client/collect/calendar_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/violation.h"
#include "tests/support/status_matchers.h"

namespace aifx::collect {
namespace {

using ::aifx::testing::StatusIs;
using macro::Impact;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kHeader[] =
    "timestamp_utc,time_known,currency,impact,event,actual,forecast,previous\n";

absl::StatusOr<CalendarData> Parse(const std::string& rows) {
  return ParseCalendar(kHeader + rows, "cal.csv", "test");
}

TEST(ParseCalendarTest, ReadsTheColumnsOfTheRealFile) {
  ASSERT_OK_AND_ASSIGN(const CalendarData data,
                       Parse("2025-04-04T12:30:00Z,1,USD,high,Non-Farm Employment Change,228K,"
                             "137K,117K\n"
                             "2025-03-31T19:00:00Z,0,All,low,IMF Meetings,,,\n"
                             "2025-05-01T03:00:00Z,1,jpy,High,BOJ Policy Rate,<0.50%,,0.5%\n"));
  EXPECT_EQ(data.rows, 3);
  EXPECT_THAT(data.unparsed, ElementsAre());
  ASSERT_EQ(data.events.size(), 3u);
  EXPECT_EQ(data.events[0].currency, "All");
  EXPECT_FALSE(data.events[0].time_known);
  const macro::EconomicEvent& jobs = data.events[1];
  EXPECT_EQ(jobs.time, absl::FromUnixSeconds(1743769800));
  EXPECT_TRUE(jobs.time_known);
  EXPECT_EQ(jobs.impact, Impact::kHigh);
  EXPECT_EQ(jobs.actual, 228e3);
  EXPECT_EQ(jobs.forecast, 137e3);
  EXPECT_EQ(jobs.source, "test");
  EXPECT_EQ(data.events[2].currency, "JPY");
  EXPECT_EQ(data.events[2].actual, 0.5);
  EXPECT_EQ(data.events[2].forecast, std::nullopt);
}

TEST(ParseCalendarTest, ReadsJsonUnderOtherNames) {
  ASSERT_OK_AND_ASSIGN(
      const CalendarData data,
      ParseCalendar(R"({"events":[{"eventDate":"2025-04-04T12:30:00.000Z","currency":"USD",
          "impactLevel":"medium","eventName":"CPI","actualValue":2.5,"forecastValue":"2.4%",
          "previousValue":null,"timeKnown":true},
          {"date":"2025-04-05","country":"EUR","impact":"holiday","title":"Day off"}]})",
                    "cal.json", "test"));
  ASSERT_EQ(data.events.size(), 2u);
  EXPECT_EQ(data.events[0].actual, 2.5);
  EXPECT_EQ(data.events[0].forecast, 2.4);
  EXPECT_EQ(data.events[0].previous, std::nullopt);
  EXPECT_EQ(data.events[1].impact, Impact::kHoliday);
  EXPECT_FALSE(data.events[1].time_known) << "a date has no hour";
}

TEST(ParseCalendarTest, TellsOfValuesThatAreNoNumber) {
  ASSERT_OK_AND_ASSIGN(const CalendarData data,
                       Parse("2025-06-19T11:00:00Z,1,GBP,medium,Rate Votes,0-7-2,,0-8-1\n"));
  EXPECT_THAT(data.unparsed,
              ElementsAre("cal.csv:2: actual '0-7-2' is not one number: left out",
                          "cal.csv:2: previous '0-8-1' is not one number: left out"));
  EXPECT_EQ(data.events[0].actual, std::nullopt);
}

TEST(ParseCalendarTest, ListsEverythingThatIsWrong) {
  const auto data = Parse(
      "yesterday,1,USD,high,A,,,\n"
      "2025-06-19,maybe,DOL,extreme,,,,\n"
      "2025-06-19,1,USD,low,Fine,,,\n");
  EXPECT_THAT(data, StatusIs(absl::StatusCode::kInvalidArgument,
                             HasSubstr("cal.csv:2: time 'yesterday' is not a time")));
  std::vector<std::string> fields;
  for (const base::FieldViolation& violation : base::ViolationsOf(data.status())) {
    fields.push_back(violation.field);
  }
  EXPECT_THAT(fields, ElementsAre("time", "time_known", "currency", "impact", "event"));
}

TEST(ParseCalendarTest, ALaterRowOfAnEventAddsWhatItKnows) {
  ASSERT_OK_AND_ASSIGN(const CalendarData data, Parse("2025-06-19T11:00:00Z,1,GBP,low,A,,1%,2%\n"
                                                      "2025-06-19T11:00:00Z,1,GBP,high,A,3%,,\n"));
  EXPECT_EQ(data.duplicates, 1);
  ASSERT_EQ(data.events.size(), 1u);
  EXPECT_EQ(data.events[0].impact, Impact::kHigh);
  EXPECT_EQ(data.events[0].actual, 3);
  EXPECT_EQ(data.events[0].forecast, 1);
}

}  // namespace
}  // namespace aifx::collect
