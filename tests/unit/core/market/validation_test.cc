#include "core/market/validation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <string>

#include "tests/support/candles.h"

namespace aifx::market {
namespace {

using ::aifx::testing::FlatCandle;
using ::aifx::testing::RandomWalk;
using ::aifx::testing::RandomWalkOptions;
using ::aifx::testing::Time;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Candles = std::vector<Candle>;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();
const absl::Time kStart = Time("2018-06-12T10:00:00Z");
const absl::Time kNow = Time("2018-06-13T00:30:00Z");

// Five good hours with round prices.
Candles FiveHours() {
  Candles candles;
  for (int i = 0; i < 5; ++i) {
    Candle candle = FlatCandle(kStart + i * absl::Hours(1), 1.1);
    candle.high = 1.2;
    candle.low = 1.05;
    candles.push_back(candle);
  }
  return candles;
}

struct BadCase {
  const char* name;
  std::function<void(Candles&)> spoil;
  std::vector<std::string> messages;
};

TEST(ValidationTest, NamesFieldAndValueOfEveryViolation) {
  const BadCase cases[] = {
      {"NaN", [](Candles& c) { c[1].open = kNan; }, {"candles[1].open nan is not a finite number"}},
      {"NaN high",
       [](Candles& c) { c[1].high = kNan; },
       {"candles[1].high nan is not a finite number"}},
      {"NaN low",
       [](Candles& c) { c[1].low = kNan; },
       {"candles[1].low nan is not a finite number"}},
      {"NaN close",
       [](Candles& c) { c[4].close = kNan; },
       {"candles[4].close nan is not a finite number"}},
      {"infinite",
       [](Candles& c) { c[0].high = kInf; },
       {"candles[0].high inf is not a finite number"}},
      {"minus infinite",
       [](Candles& c) { c[0].low = -kInf; },
       {"candles[0].low -inf is not a finite number"}},
      {"zero", [](Candles& c) { c[2].low = 0; }, {"candles[2].low 0 is not positive"}},
      {"negative", [](Candles& c) { c[2].open = -1.1; }, {"candles[2].open -1.1 is not positive"}},
      {"all negative",
       [](Candles& c) { c[2].open = c[2].close = c[2].low = c[2].high = -2; },
       {"candles[2].open -2 is not positive", "candles[2].high -2 is not positive",
        "candles[2].low -2 is not positive", "candles[2].close -2 is not positive"}},
      {"huge",
       [](Candles& c) { c[3].high = 1e308; },
       {"candles[3].high 1e+308 is not below 1e+09"}},
      {"at the limit",
       [](Candles& c) { c[3].high = 1e9; },
       {"candles[3].high 1000000000 is not below 1e+09"}},
      {"high below low",
       [](Candles& c) {
         c[3].high = 1.0812;
         c[3].low = 1.083;
       },
       {"candles[3].high 1.0812 is below candles[3].low 1.083"}},
      {"open above",
       [](Candles& c) { c[1].open = 1.25; },
       {"candles[1].open 1.25 is above candles[1].high 1.2"}},
      {"open below",
       [](Candles& c) { c[1].open = 1.04; },
       {"candles[1].open 1.04 is below candles[1].low 1.05"}},
      {"close above",
       [](Candles& c) { c[1].close = 1.2000001; },
       {"candles[1].close 1.2000001 is above candles[1].high 1.2"}},
      {"close below",
       [](Candles& c) { c[1].close = 1; },
       {"candles[1].close 1 is below candles[1].low 1.05"}},
      {"negative volume",
       [](Candles& c) { c[1].volume = -3; },
       {"candles[1].volume -3 is negative"}},
      {"NaN volume",
       [](Candles& c) { c[1].volume = kNan; },
       {"candles[1].volume nan is not a finite number"}},
      {"negative spread",
       [](Candles& c) { c[1].spread_pips = -0.1; },
       {"candles[1].spread_pips -0.1 is negative"}},
      {"infinite spread",
       [](Candles& c) { c[1].spread_pips = kInf; },
       {"candles[1].spread_pips inf is not a finite number"}},
      {"duplicate",
       [](Candles& c) { c[3].open_time = c[2].open_time; },
       {"candles[3].open_time 2018-06-12T12:00:00Z repeats candles[2].open_time "
        "2018-06-12T12:00:00Z"}},
      {"unsorted",
       [](Candles& c) { std::swap(c[3].open_time, c[4].open_time); },
       {"candles[4].open_time 2018-06-12T13:00:00Z is before candles[3].open_time "
        "2018-06-12T14:00:00Z; candles come oldest first"}},
      {"mixed timeframes",
       [](Candles& c) { c[4].open_time = c[3].open_time + absl::Minutes(30); },
       {"candles[4].open_time 2018-06-12T13:30:00Z is not on a whole UTC multiple of 1h",
        "candles[4].open_time 2018-06-12T13:30:00Z is only 30m after candles[3].open_time "
        "2018-06-12T13:00:00Z, less than the timeframe 1h"}},
      {"off the grid by a millisecond",
       [](Candles& c) { c[4].open_time += absl::Milliseconds(1); },
       {"candles[4].open_time 2018-06-12T14:00:00.001Z is not on a whole UTC multiple of 1h"}},
      {"off the grid throughout",
       [](Candles& c) {
         c.resize(2);
         for (Candle& candle : c) candle.open_time += absl::Minutes(20);
       },
       {"candles[0].open_time 2018-06-12T10:20:00Z is not on a whole UTC multiple of 1h",
        "candles[1].open_time 2018-06-12T11:20:00Z is not on a whole UTC multiple of 1h"}},
      {"in progress",
       [](Candles& c) { c[4].open_time = Time("2018-06-13T00:00:00Z"); },
       {"candles[4].open_time 2018-06-13T00:00:00Z is of a candle still in progress: it closes at "
        "2018-06-13T01:00:00Z and it is now 2018-06-13T00:30:00Z"}},
      {"future",
       [](Candles& c) { c[4].open_time = Time("2018-06-13T01:00:00Z"); },
       {"candles[4].open_time 2018-06-13T01:00:00Z is in the future: it is now "
        "2018-06-13T00:30:00Z"}},
      {"the year 9999",
       [](Candles& c) { c[4].open_time = Time("9999-12-31T23:00:00Z"); },
       {"candles[4].open_time 9999-12-31T23:00:00Z is in the future: it is now "
        "2018-06-13T00:30:00Z"}},
      {"infinite time",
       [](Candles& c) { c[4].open_time = absl::InfiniteFuture(); },
       {"candles[4].open_time infinite-future is in the future: it is now 2018-06-13T00:30:00Z"}},
      {"the year 1970",
       [](Candles& c) { c[0].open_time = absl::UnixEpoch(); },
       {"candles[0].open_time 1970-01-01T00:00:00Z is before 1971-01-01T00:00:00Z"}},
      {"several in one candle",
       [](Candles& c) {
         c[1].open = kNan;
         c[1].close = 3;
         c[1].volume = -1;
         c[2].low = 0;
       },
       {"candles[1].open nan is not a finite number",
        "candles[1].close 3 is above candles[1].high 1.2", "candles[1].volume -1 is negative",
        "candles[2].low 0 is not positive"}},
  };
  for (const BadCase& t : cases) {
    SCOPED_TRACE(t.name);
    Candles candles = FiveHours();
    t.spoil(candles);
    const CandleFindings findings = ValidateCandles(candles, Timeframe::k1Hour, kNow, {});
    std::vector<std::string> messages;
    for (const base::FieldViolation& violation : findings.violations) {
      messages.push_back(violation.description);
      // The description begins with the field.
      EXPECT_EQ(violation.description.substr(0, violation.field.size() + 1), violation.field + " ");
    }
    EXPECT_EQ(messages, t.messages);
    EXPECT_THAT(findings.warnings, IsEmpty());
  }
}

TEST(ValidationTest, GoodCandlesHaveNoFindings) {
  Candles candles = FiveHours();
  candles[0].volume = 0;
  candles[1].spread_pips = 0;
  candles[2] = FlatCandle(candles[2].open_time);
  const CandleFindings findings = ValidateCandles(candles, Timeframe::k1Hour, kNow, {});
  EXPECT_THAT(findings.violations, IsEmpty());
  EXPECT_THAT(findings.warnings, IsEmpty());
}

TEST(ValidationTest, AsksForVolumesWhereTheRulesDo) {
  Candles candles = FiveHours();
  for (market::Candle& candle : candles) candle.volume.reset();
  EXPECT_THAT(ValidateCandles(candles, Timeframe::k1Hour, kNow, {}).violations, IsEmpty());
  candles[4].volume = 1;
  EXPECT_THAT(ValidateCandles(candles, Timeframe::k1Hour, kNow, {.volume_from = 3}).violations,
              ElementsAre(base::FieldViolation{
                  "candles[3].volume",
                  "candles[3].volume is missing: a feature of the model is made of it"}));
}

TEST(ValidationTest, CountsCandles) {
  const CandleRules rules = {.min_candles = 4, .max_candles = 5};
  Candles candles = FiveHours();
  EXPECT_THAT(ValidateCandles(candles, Timeframe::k1Hour, kNow, rules).violations, IsEmpty());
  candles.resize(4);
  EXPECT_THAT(ValidateCandles(candles, Timeframe::k1Hour, kNow, rules).violations, IsEmpty());
  candles.resize(3);
  EXPECT_THAT(ValidateCandles(candles, Timeframe::k1Hour, kNow, rules).violations,
              ElementsAre(base::FieldViolation{
                  "candles", "candles has 3 entries, but 4 closed candles are needed"}));
  candles.resize(6);
  EXPECT_THAT(ValidateCandles(candles, Timeframe::k1Hour, kNow, rules).violations,
              ElementsAre(base::FieldViolation{"candles",
                                               "candles has 6 entries, at most 5 are accepted"}));
}

TEST(ValidationTest, TooFewIsReportedTogetherWithWhatIsWrongInside) {
  Candles candles = FiveHours();
  candles[0].low = 0;
  EXPECT_THAT(ValidateCandles(candles, Timeframe::k1Hour, kNow, {.min_candles = 6}).violations,
              SizeIs(2));
}

TEST(ValidationTest, ListsFiftyAndSaysHowManyMore) {
  Candles candles = RandomWalk({.count = 80});
  for (Candle& candle : candles) candle.low = kNan;
  const absl::Time later = candles.back().open_time + absl::Hours(9);
  const CandleFindings findings = ValidateCandles(candles, Timeframe::k1Hour, later, {});
  ASSERT_THAT(findings.violations, SizeIs(51));
  EXPECT_EQ(findings.violations[49].field, "candles[49].low");
  EXPECT_EQ(findings.violations[50],
            (base::FieldViolation{"candles", "30 more violations are not listed"}));
}

TEST(ValidationTest, ACandleCountsFromTheInstantItCloses) {
  const Candles candles = FiveHours();
  const absl::Time close = candles.back().open_time + absl::Hours(1);
  EXPECT_THAT(ValidateCandles(candles, Timeframe::k1Hour, close, {}).violations, IsEmpty());
  EXPECT_THAT(
      ValidateCandles(candles, Timeframe::k1Hour, close - absl::Nanoseconds(1), {}).violations,
      SizeIs(1));
}

TEST(ValidationTest, MonthsCloseWithTheirLastDay) {
  Candles candles;
  for (const char* open : {"2018-01-01T00:00:00Z", "2018-02-01T00:00:00Z"}) {
    candles.push_back(FlatCandle(Time(open)));
  }
  const auto violations = [&](const char* now) {
    return ValidateCandles(candles, Timeframe::k1Month, Time(now), {}).violations;
  };
  EXPECT_THAT(violations("2018-03-01T00:00:00Z"), IsEmpty());
  EXPECT_THAT(violations("2018-02-28T23:59:59Z"), SizeIs(1));
}

TEST(ValidationTest, RandomWalksOfAllTimeframesAreGood) {
  for (Timeframe timeframe :
       {Timeframe::k1Min, Timeframe::k5Min, Timeframe::k15Min, Timeframe::k30Min, Timeframe::k1Hour,
        Timeframe::k4Hours, Timeframe::k1Day, Timeframe::k1Week, Timeframe::k1Month}) {
    SCOPED_TRACE(TimeframeName(timeframe));
    RandomWalkOptions options = {.seed = 7, .count = 500, .timeframe = timeframe};
    if (timeframe > Timeframe::k1Hour) options.first_open = Time("1975-01-05T22:00:00Z");
    if (timeframe == Timeframe::k1Month) options.first_open = Time("1975-01-01T00:00:00Z");
    const Candles candles = RandomWalk(options);
    const CandleFindings findings =
        ValidateCandles(candles, timeframe, CloseTime(timeframe, candles.back().open_time), {});
    EXPECT_THAT(findings.violations, IsEmpty());
    EXPECT_THAT(findings.warnings, IsEmpty());
  }
}

}  // namespace
}  // namespace aifx::market
