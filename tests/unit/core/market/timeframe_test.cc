#include "core/market/timeframe.h"

#include <gtest/gtest.h>

#include "tests/support/candles.h"
#include "tests/support/status_matchers.h"

namespace aifx::market {
namespace {

using ::aifx::testing::IsOkAndHolds;
using ::aifx::testing::StatusIs;
using ::aifx::testing::Time;
using ::testing::AllOf;
using ::testing::HasSubstr;

struct TimeframeCase {
  const char* name;
  Timeframe timeframe;
  absl::Duration duration;
  bool utc_anchored;
};

const TimeframeCase kCases[] = {
    {"1min", Timeframe::k1Min, absl::Minutes(1), true},
    {"5min", Timeframe::k5Min, absl::Minutes(5), true},
    {"15min", Timeframe::k15Min, absl::Minutes(15), true},
    {"30min", Timeframe::k30Min, absl::Minutes(30), true},
    {"1h", Timeframe::k1Hour, absl::Hours(1), true},
    {"4h", Timeframe::k4Hours, absl::Hours(4), false},
    {"1d", Timeframe::k1Day, absl::Hours(24), false},
    {"1w", Timeframe::k1Week, absl::Hours(168), false},
    {"1M", Timeframe::k1Month, absl::Hours(744), false},
};

TEST(TimeframeTest, NamesDurationsAndAnchors) {
  for (const TimeframeCase& t : kCases) {
    SCOPED_TRACE(t.name);
    EXPECT_THAT(ParseTimeframe(t.name), IsOkAndHolds(t.timeframe));
    EXPECT_EQ(TimeframeName(t.timeframe), t.name);
    EXPECT_EQ(TimeframeDuration(t.timeframe), t.duration);
    EXPECT_EQ(IsUtcAnchored(t.timeframe), t.utc_anchored);
  }
}

TEST(TimeframeTest, RefusesOtherNamesWithTheValueAndTheChoices) {
  for (const char* name : {"", "2h", "1H", "1m", "60min", " 1h"}) {
    SCOPED_TRACE(name);
    EXPECT_THAT(ParseTimeframe(name),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         AllOf(HasSubstr(absl::StrCat("\"", name, "\"")),
                               HasSubstr("1min, 5min, 15min, 30min, 1h, 4h, 1d, 1w, 1M"))));
  }
}

TEST(TimeframeTest, ErrorStaysShortForLongUnprintableNames) {
  EXPECT_LT(ParseTimeframe(std::string(100000, '\xff')).status().message().size(), 300u);
}

struct CloseCase {
  Timeframe timeframe;
  const char* open;
  const char* close;
};

TEST(TimeframeTest, ClosesAfterItsDurationAndMonthsWithTheNextMonth) {
  for (const CloseCase& t : {
           CloseCase{Timeframe::k1Min, "2018-06-12T10:59:00Z", "2018-06-12T11:00:00Z"},
           CloseCase{Timeframe::k1Week, "2018-06-10T21:00:00Z", "2018-06-17T21:00:00Z"},
           CloseCase{Timeframe::k1Month, "2018-01-01T00:00:00Z", "2018-02-01T00:00:00Z"},
           CloseCase{Timeframe::k1Month, "2018-02-01T00:00:00Z", "2018-03-01T00:00:00Z"},
           CloseCase{Timeframe::k1Month, "2020-02-03T00:00:00Z", "2020-03-01T00:00:00Z"},
           CloseCase{Timeframe::k1Month, "2018-12-03T00:00:00Z", "2019-01-01T00:00:00Z"},
       }) {
    SCOPED_TRACE(t.open);
    EXPECT_EQ(CloseTime(t.timeframe, Time(t.open)), Time(t.close));
  }
}

}  // namespace
}  // namespace aifx::market
