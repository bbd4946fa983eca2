#include "server/rpc/watch_schedule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aifx::rpc {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const absl::Time kOpen = absl::FromCivil(absl::CivilHour(2018, 6, 12, 10), absl::UTCTimeZone());
const absl::Time kClose = kOpen + absl::Hours(1);
const records::CandleSeriesId kEuro = {*market::CurrencyPair::Parse("EUR/USD"),
                                       market::Timeframe::k1Hour};
const records::CandleSeriesId kPound = {*market::CurrencyPair::Parse("GBP/USD"),
                                        market::Timeframe::k1Hour};

class WatchScheduleTest : public ::testing::Test {
 protected:
  void SetUp() override { schedule_.Add(key_); }
  void Announce(absl::Time open, absl::Time now) { schedule_.OnEvent({kEuro, open, now}, now); }

  const WatchKey key_ = {kEuro, ""};
  WatchSchedule schedule_;
};

TEST_F(WatchScheduleTest, ComputesOnceHoweverOftenACandleIsAnnounced) {
  Announce(kOpen, kClose);
  Announce(kOpen, kClose + absl::Seconds(1));
  EXPECT_THAT(schedule_.Take(kClose + absl::Seconds(1)), SizeIs(1));
  Announce(kOpen, kClose + absl::Seconds(2));
  EXPECT_THAT(schedule_.Take(kClose + absl::Seconds(2)), IsEmpty());
}

TEST_F(WatchScheduleTest, WaitsUntilAnEarlyAnnouncedCandleHasClosed) {
  Announce(kOpen, kClose - absl::Minutes(5));
  EXPECT_EQ(schedule_.NextDue(), kClose);
  EXPECT_THAT(schedule_.Take(kClose - absl::Nanoseconds(1)), IsEmpty());
  const auto tasks = schedule_.Take(kClose);
  ASSERT_THAT(tasks, SizeIs(1));
  EXPECT_EQ(tasks[0].observed_at, kClose);
}

TEST_F(WatchScheduleTest, EachModelOfASeriesIsComputedAndOtherSeriesAreNot) {
  schedule_.Add({kEuro, "eurusd-1h"});
  schedule_.Add({kPound, ""});
  Announce(kOpen, kClose);
  EXPECT_THAT(schedule_.Take(kClose),
              ElementsAre(Field(&WatchSchedule::Task::key, WatchKey{kEuro, ""}),
                          Field(&WatchSchedule::Task::key, WatchKey{kEuro, "eurusd-1h"})));
}

TEST_F(WatchScheduleTest, TheSeriesChangeWithTheFirstAndTheLastKeyOfOne) {
  EXPECT_FALSE(schedule_.Add({kEuro, "eurusd-1h"}));
  EXPECT_FALSE(schedule_.Add(key_));
  EXPECT_TRUE(schedule_.Add({kPound, ""}));
  EXPECT_THAT(schedule_.Series(), ElementsAre(kEuro, kPound));
  EXPECT_EQ(schedule_.key_count(), 3u);
  EXPECT_FALSE(schedule_.Remove(key_));
  EXPECT_FALSE(schedule_.Remove(key_));
  EXPECT_FALSE(schedule_.Remove(key_)) << "it is not there any more";
  EXPECT_TRUE(schedule_.Remove({kEuro, "eurusd-1h"}));
  EXPECT_THAT(schedule_.Series(), ElementsAre(kPound));
}

TEST_F(WatchScheduleTest, ACandleThatIsNotThereYetIsLookedForAgainForAWhile) {
  Announce(kOpen, kClose);
  absl::Time now = kClose;
  int looks = 0;
  while (true) {
    const auto tasks = schedule_.Take(now);
    ASSERT_THAT(tasks, SizeIs(1));
    ++looks;
    if (!schedule_.Retry(tasks[0], now)) break;
    EXPECT_LE(schedule_.NextDue() - now, WatchSchedule::kLongestRetry);
    now = schedule_.NextDue();
  }
  EXPECT_GT(now, kClose + WatchSchedule::kPatience);
  EXPECT_GT(looks, 10);
  EXPECT_EQ(schedule_.NextDue(), absl::InfiniteFuture());
}

TEST_F(WatchScheduleTest, ANewerCandleEndsTheSearchForAnOlderOne) {
  Announce(kOpen, kClose);
  const auto older = schedule_.Take(kClose);
  Announce(kOpen + absl::Hours(1), kClose + absl::Hours(1));
  EXPECT_FALSE(schedule_.Retry(older[0], kClose + absl::Seconds(1)));
  EXPECT_THAT(schedule_.Take(kClose + absl::Hours(1)), SizeIs(1));
}

TEST_F(WatchScheduleTest, WatchersGetEachCandleOnceAndNeverAnOlderOne) {
  EXPECT_TRUE(schedule_.Delivered(key_, kClose));
  EXPECT_FALSE(schedule_.Delivered(key_, kClose));
  EXPECT_FALSE(schedule_.Delivered(key_, kClose - absl::Hours(1)));
  Announce(kOpen, kClose);
  EXPECT_THAT(schedule_.Take(kClose), IsEmpty());
}

TEST_F(WatchScheduleTest, WatchesAreCounted) {
  EXPECT_FALSE(schedule_.Add(key_));
  EXPECT_TRUE(schedule_.Add({kPound, ""}));
  EXPECT_THAT(schedule_.Series(), ElementsAre(kEuro, kPound));
  EXPECT_FALSE(schedule_.Remove(key_));
  EXPECT_TRUE(schedule_.Remove(key_));
  EXPECT_THAT(schedule_.Series(), ElementsAre(kPound));
  Announce(kOpen, kClose);
  EXPECT_THAT(schedule_.Take(kClose), IsEmpty());
}

}  // namespace
}  // namespace aifx::rpc
