#include "core/market/trading_calendar.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/support/candles.h"

namespace aifx::market {
namespace {

using ::aifx::testing::Time;

struct OpenCase {
  const char* name;
  const char* time;
  bool open;
};

// New York is UTC-4 in summer and UTC-5 in winter; in 2018 it changed on 11 March and 4 November.
const OpenCase kOpenCases[] = {
    {"midweek", "2018-06-13T03:00:00Z", true},
    {"a second before Friday's close, summer", "2018-06-15T20:59:59Z", true},
    {"Friday's close, summer", "2018-06-15T21:00:00Z", false},
    {"Saturday", "2018-06-16T12:00:00Z", false},
    {"a second before Sunday's opening, summer", "2018-06-17T20:59:59Z", false},
    {"Sunday's opening, summer", "2018-06-17T21:00:00Z", true},
    {"a second before Friday's close, winter", "2018-01-12T21:59:59Z", true},
    {"Friday's close, winter", "2018-01-12T22:00:00Z", false},
    {"a second before Sunday's opening, winter", "2018-01-14T21:59:59Z", false},
    {"Sunday's opening, winter", "2018-01-14T22:00:00Z", true},
    {"Friday before the clock goes forward", "2018-03-09T21:59:59Z", true},
    {"closed after it", "2018-03-09T22:00:00Z", false},
    {"Sunday of the clock going forward", "2018-03-11T20:59:59Z", false},
    {"open an hour of UTC earlier", "2018-03-11T21:00:00Z", true},
    {"Friday before the clock goes back", "2018-11-02T20:59:59Z", true},
    {"closed after it, too", "2018-11-02T21:00:00Z", false},
    {"Sunday of the clock going back", "2018-11-04T21:59:59Z", false},
    {"open an hour of UTC later", "2018-11-04T22:00:00Z", true},
    {"a second before Christmas", "2018-12-24T21:59:59Z", true},
    {"Christmas begins at 17:00 of its eve", "2018-12-24T22:00:00Z", false},
    {"a second before Christmas ends", "2018-12-25T21:59:59Z", false},
    {"Christmas ends at 17:00", "2018-12-25T22:00:00Z", true},
    {"a second before New Year", "2018-12-31T21:59:59Z", true},
    {"New Year begins at 17:00 of its eve", "2018-12-31T22:00:00Z", false},
    {"New Year ends at 17:00", "2019-01-01T22:00:00Z", true},
    {"other holidays are open", "2018-07-04T12:00:00Z", true},
};

TEST(TradingCalendarTest, OpensAndClosesToTheSecond) {
  const TradingCalendar calendar;
  for (const OpenCase& t : kOpenCases) {
    SCOPED_TRACE(t.name);
    EXPECT_EQ(calendar.IsOpen(Time(t.time)), t.open);
    EXPECT_EQ(calendar.NextOpen(Time(t.time)) == Time(t.time), t.open);
    EXPECT_EQ(calendar.NextClose(Time(t.time)) == Time(t.time), !t.open);
  }
}

struct NextCase {
  const char* time;
  const char* next_open;
  const char* next_close;
};

TEST(TradingCalendarTest, FindsTheNextOpeningAndClosing) {
  const TradingCalendar calendar;
  for (const NextCase& t : {
           NextCase{"2018-06-12T10:00:00Z", "2018-06-12T10:00:00Z", "2018-06-15T21:00:00Z"},
           NextCase{"2018-06-15T21:00:00Z", "2018-06-17T21:00:00Z", "2018-06-15T21:00:00Z"},
           NextCase{"2018-03-10T00:00:00Z", "2018-03-11T21:00:00Z", "2018-03-10T00:00:00Z"},
           NextCase{"2018-11-03T00:00:00Z", "2018-11-04T22:00:00Z", "2018-11-03T00:00:00Z"},
           NextCase{"2018-12-21T12:00:00Z", "2018-12-21T12:00:00Z", "2018-12-21T22:00:00Z"},
           NextCase{"2018-12-23T22:00:00Z", "2018-12-23T22:00:00Z", "2018-12-24T22:00:00Z"},
           // Christmas on a Monday lengthens the weekend, on a Friday it begins on Thursday.
           NextCase{"2017-12-22T23:00:00Z", "2017-12-25T22:00:00Z", "2017-12-22T23:00:00Z"},
           NextCase{"2015-12-24T22:00:00Z", "2015-12-27T22:00:00Z", "2015-12-24T22:00:00Z"},
           // On a weekend they change nothing: Sunday's opening belongs to Monday.
           NextCase{"2016-12-25T12:00:00Z", "2016-12-25T22:00:00Z", "2016-12-25T12:00:00Z"},
       }) {
    SCOPED_TRACE(t.time);
    EXPECT_EQ(calendar.NextOpen(Time(t.time)), Time(t.next_open));
    EXPECT_EQ(calendar.NextClose(Time(t.time)), Time(t.next_close));
  }
}

struct SpanCase {
  const char* name;
  const char* start;
  const char* end;
  absl::Duration trading;
  Timeframe timeframe;
  int64_t candles;
};

TEST(TradingCalendarTest, CountsTradingTimeAndCandles) {
  const TradingCalendar calendar;
  for (const SpanCase& t : {
           SpanCase{"nothing", "2018-06-12T10:00:00Z", "2018-06-12T10:00:00Z", absl::ZeroDuration(),
                    Timeframe::k1Hour, 0},
           SpanCase{"the wrong way round", "2018-06-12T10:00:00Z", "2018-06-12T09:00:00Z",
                    absl::ZeroDuration(), Timeframe::k1Hour, 0},
           SpanCase{"midweek", "2018-06-12T10:00:00Z", "2018-06-12T20:00:00Z", absl::Hours(10),
                    Timeframe::k1Hour, 10},
           SpanCase{"half a candle", "2018-06-12T10:00:00Z", "2018-06-12T12:30:00Z",
                    absl::Minutes(150), Timeframe::k1Hour, 3},
           SpanCase{"exactly a weekend", "2018-06-15T21:00:00Z", "2018-06-17T21:00:00Z",
                    absl::ZeroDuration(), Timeframe::k1Min, 0},
           SpanCase{"two weeks", "2018-06-03T21:00:00Z", "2018-06-17T21:00:00Z", absl::Hours(240),
                    Timeframe::k1Hour, 240},
           SpanCase{"clock forward: 47 hours closed", "2018-03-09T12:00:00Z",
                    "2018-03-12T12:00:00Z", absl::Hours(25), Timeframe::k1Hour, 25},
           SpanCase{"clock back: 49 hours closed", "2018-11-02T12:00:00Z", "2018-11-05T12:00:00Z",
                    absl::Hours(23), Timeframe::k1Hour, 23},
           SpanCase{"Christmas week", "2018-12-23T22:00:00Z", "2018-12-28T22:00:00Z",
                    absl::Hours(96), Timeframe::k15Min, 384},
           SpanCase{"4h on a UTC grid: the candles of 20:00 on Friday and Sunday trade an hour and "
                    "three",
                    "2018-06-15T16:00:00Z", "2018-06-18T00:00:00Z", absl::Hours(8),
                    Timeframe::k4Hours, 3},
           SpanCase{"days of UTC: a short Friday and Sunday count", "2018-06-11T00:00:00Z",
                    "2018-06-18T00:00:00Z", absl::Hours(5 * 24), Timeframe::k1Day, 6},
           SpanCase{"days of New York", "2018-06-10T21:00:00Z", "2018-06-17T21:00:00Z",
                    absl::Hours(5 * 24), Timeframe::k1Day, 5},
       }) {
    SCOPED_TRACE(t.name);
    EXPECT_EQ(calendar.TradingTime(Time(t.start), Time(t.end)), t.trading);
    EXPECT_EQ(calendar.ExpectedCandles(t.timeframe, Time(t.start), Time(t.end)), t.candles);
  }
}

// The fast count against the definition, candle by candle.
TEST(TradingCalendarTest, CountEqualsSteppingThroughAYear) {
  const TradingCalendar calendar;
  const absl::Time start = Time("2017-12-13T03:17:00Z");
  const absl::Time end = Time("2019-01-20T11:01:00Z");
  for (Timeframe timeframe :
       {Timeframe::k30Min, Timeframe::k1Hour, Timeframe::k4Hours, Timeframe::k1Day}) {
    SCOPED_TRACE(TimeframeName(timeframe));
    const absl::Duration duration = TimeframeDuration(timeframe);
    int64_t want = 0;
    for (absl::Time open = start; open < end; open += duration) {
      want += calendar.NextOpen(open) < open + duration;
    }
    EXPECT_EQ(calendar.ExpectedCandles(timeframe, start, end), want);
  }
}

struct HorizonCase {
  const char* name;
  Timeframe timeframe;
  const char* close;
  int bars;
  const char* end;
};

TEST(TradingCalendarTest, HorizonsSkipClosedHours) {
  const TradingCalendar calendar;
  for (const HorizonCase& t : {
           HorizonCase{"no bars", Timeframe::k1Hour, "2018-06-16T10:00:00Z", 0,
                       "2018-06-16T10:00:00Z"},
           HorizonCase{"midweek", Timeframe::k1Hour, "2018-06-12T10:00:00Z", 24,
                       "2018-06-13T10:00:00Z"},
           HorizonCase{"last bar of the week", Timeframe::k1Hour, "2018-06-15T20:00:00Z", 1,
                       "2018-06-15T21:00:00Z"},
           HorizonCase{"over the weekend", Timeframe::k1Hour, "2018-06-15T20:00:00Z", 2,
                       "2018-06-17T22:00:00Z"},
           HorizonCase{"from the close of the week", Timeframe::k1Min, "2018-06-15T21:00:00Z", 5,
                       "2018-06-17T21:05:00Z"},
           HorizonCase{"as the clock goes forward", Timeframe::k1Hour, "2018-03-09T21:00:00Z", 2,
                       "2018-03-11T22:00:00Z"},
           HorizonCase{"as the clock goes back", Timeframe::k1Hour, "2018-11-02T20:00:00Z", 2,
                       "2018-11-04T23:00:00Z"},
           HorizonCase{"over Christmas", Timeframe::k1Hour, "2018-12-24T21:00:00Z", 3,
                       "2018-12-26T00:00:00Z"},
           HorizonCase{"over two weekends", Timeframe::k1Hour, "2018-06-15T20:00:00Z", 122,
                       "2018-06-24T22:00:00Z"},
           HorizonCase{"4h of New York, clock forward", Timeframe::k4Hours, "2018-03-09T22:00:00Z",
                       1, "2018-03-12T01:00:00Z"},
           HorizonCase{"4h of UTC: Friday's short candle", Timeframe::k4Hours,
                       "2018-06-15T20:00:00Z", 1, "2018-06-16T00:00:00Z"},
           HorizonCase{"4h of UTC: Sunday's short candle", Timeframe::k4Hours,
                       "2018-06-15T20:00:00Z", 2, "2018-06-18T00:00:00Z"},
           HorizonCase{"days of New York", Timeframe::k1Day, "2018-06-15T21:00:00Z", 2,
                       "2018-06-19T21:00:00Z"},
           HorizonCase{"days of UTC with a short Sunday", Timeframe::k1Day, "2018-06-16T00:00:00Z",
                       1, "2018-06-18T00:00:00Z"},
           HorizonCase{"weeks of New York, clock forward", Timeframe::k1Week,
                       "2018-03-09T22:00:00Z", 2, "2018-03-23T21:00:00Z"},
           HorizonCase{"weeks of UTC", Timeframe::k1Week, "2018-03-05T00:00:00Z", 2,
                       "2018-03-19T00:00:00Z"},
           HorizonCase{"months", Timeframe::k1Month, "2018-12-01T00:00:00Z", 3,
                       "2019-03-01T00:00:00Z"},
       }) {
    SCOPED_TRACE(t.name);
    EXPECT_EQ(calendar.HorizonEnd(t.timeframe, Time(t.close), t.bars), Time(t.end));
  }
}

TEST(TradingCalendarDeathTest, SaysWhatToInstallWithoutATimeZoneDatabase) {
  // Loaded zones are cached: only a new process misses them.
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        ::setenv("TZDIR", "/nonexistent", 1);
        TradingCalendar();
      },
      "America/New_York.*tzdata");
}

}  // namespace
}  // namespace aifx::market
