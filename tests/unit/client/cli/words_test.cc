#include "client/cli/words.h"

#include <gmock/gmock.h>

#include "client/cli/table.h"
#include "tests/support/status_matchers.h"

namespace aifx::cli {
namespace {

using ::aifx::testing::IsOkAndHolds;
using ::aifx::testing::StatusIs;
using ::testing::HasSubstr;

TEST(WordsTest, TimeframesAreThePlatforms) {
  for (const char* name : {"1min", "5min", "15min", "30min", "1h", "4h", "1d", "1w", "1M"}) {
    const auto timeframe = ParseTimeframeWord(name);
    ASSERT_OK(timeframe);
    EXPECT_EQ(TimeframeWord(*timeframe), name);
  }
  EXPECT_THAT(ParseTimeframeWord("2h"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("2h")));
}

TEST(WordsTest, AValueOfANewerServerIsShownAsNumber) {
  EXPECT_EQ(HoldReasonWord(static_cast<pb::HoldReason>(99)), "unknown (99)");
  EXPECT_EQ(HoldReasonWord(pb::HOLD_REASON_OUT_OF_DISTRIBUTION), "out of distribution");
}

TEST(WordsTest, OutcomesInAnyCase) {
  EXPECT_THAT(ParseOutcomeWord("WIN"), IsOkAndHolds(pb::OUTCOME_WIN));
  EXPECT_THAT(ParseOutcomeWord("breakeven"), IsOkAndHolds(pb::OUTCOME_BREAKEVEN));
  EXPECT_THAT(ParseOutcomeWord("pending"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "--outcome is 'pending', it must be one of: win, loss, breakeven"));
}

TEST(WordsTest, TimesAreUtcWhereNothingElseIsSaid) {
  const absl::Time want = absl::FromUnixSeconds(1546290000);  // 2018-12-31T21:00:00Z
  for (const char* text :
       {"2018-12-31T21:00:00Z", "2018-12-31T21:00Z", "2018-12-31 21:00",
        "2018-12-31T22:00:00+01:00", "2018-12-31T21:00:00", "2018-12-31 21:00 UTC"}) {
    EXPECT_THAT(ParseTimeWord(text), IsOkAndHolds(want)) << text;
  }
  EXPECT_THAT(ParseTimeWord("2019-01-01"), IsOkAndHolds(want + absl::Hours(3)));
  EXPECT_EQ(TimeWord(want), "2018-12-31 21:00 UTC");
  for (const char* text : {"", "now", "2018-13-01", "31.12.2018", "infinite-future"}) {
    EXPECT_FALSE(ParseTimeWord(text).ok()) << text;
  }
}

TEST(WordsTest, TimestampsBefore1970KeepTheirFraction) {
  const absl::Time time = absl::FromUnixMillis(-1500);
  const google::protobuf::Timestamp proto = ToProto(time);
  EXPECT_EQ(proto.seconds(), -2);
  EXPECT_EQ(proto.nanos(), 500000000);
  EXPECT_EQ(FromProto(proto), time);
}

TEST(WordsTest, PricesHaveTheirPairsDigits) {
  EXPECT_EQ(PriceWord(1.14607, "EUR/USD"), "1.14607");
  EXPECT_EQ(PriceWord(110.2539, "USD/JPY"), "110.254");
  EXPECT_EQ(PipsWord(-0.04), "+0.0 pips");
  EXPECT_EQ(DurationWord(absl::Milliseconds(3.14)), "3.1 ms");
  EXPECT_EQ(DurationWord(absl::Seconds(125)), "2 min 5 s");
}

TEST(WordsTest, DurationsAreReadInDaysToo) {
  EXPECT_THAT(ParseDurationWord("--older-than", "7d"), IsOkAndHolds(absl::Hours(168)));
  EXPECT_THAT(ParseDurationWord("--older-than", "1h30m"), IsOkAndHolds(absl::Minutes(90)));
  for (const char* bad : {"", "7", "-1d", "-5m", "inf", "1.5d", "week", "99999d"}) {
    EXPECT_THAT(ParseDurationWord("--older-than", bad),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--older-than")));
  }
}

TEST(TableTest, AlignsColumns) {
  Table table({{"name"}, {"count", true}, {"note"}});
  table.AddRow({{"a"}, {"12"}, {"first"}});
  table.AddRow({{"longer"}, {"3"}, {""}});
  EXPECT_EQ(table.ToString(false),
            "name    count  note\n"
            "a          12  first\n"
            "longer      3\n");
}

}  // namespace
}  // namespace aifx::cli
