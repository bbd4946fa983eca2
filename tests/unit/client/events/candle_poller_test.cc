#include "client/events/candle_poller.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <vector>

#include "client/events/polling_candle_events.h"
#include "core/base/mutex.h"
#include "tests/support/fake_clock.h"

namespace aifx::events {
namespace {

using market::Timeframe;
using records::CandleEvent;
using records::CandleSeriesId;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

absl::Time At(int day, int hour) {
  return absl::FromCivil(absl::CivilHour(2018, 6, day, hour), absl::UTCTimeZone());
}

// Holds what a test adds, and counts how often it is asked. Thread-safe.
class GrowingSource final : public market::CandleSource {
 public:
  void Add(absl::Time open_time) {
    base::MutexLock lock(mutex_);
    candles_.push_back({.open_time = open_time});
  }
  void FailWith(absl::Status status) {
    base::MutexLock lock(mutex_);
    status_ = std::move(status);
  }
  int asked() {
    base::MutexLock lock(mutex_);
    return asked_;
  }

  absl::StatusOr<std::vector<market::Candle>> Newest(const market::CurrencyPair&, Timeframe,
                                                     size_t count, absl::Time,
                                                     const base::CallContext&) override {
    base::MutexLock lock(mutex_);
    ++asked_;
    changed_.NotifyAll();
    if (!status_.ok()) return status_;
    const size_t from = candles_.size() - std::min(count, candles_.size());
    return std::vector<market::Candle>(candles_.begin() + static_cast<std::ptrdiff_t>(from),
                                       candles_.end());
  }
  absl::StatusOr<std::vector<market::Candle>> Range(const market::CurrencyPair&, Timeframe,
                                                    absl::Time, absl::Time,
                                                    const base::CallContext&) override {
    return absl::UnimplementedError("polling asks for the newest");
  }
  void WaitUntilAsked(int times) {
    base::MutexLock lock(mutex_);
    while (asked_ < times) changed_.Wait(mutex_);
  }

 private:
  base::Mutex mutex_;
  base::ConditionVariable changed_;
  std::vector<market::Candle> candles_ ABSL_GUARDED_BY(mutex_);
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
  int asked_ ABSL_GUARDED_BY(mutex_) = 0;
};

class CandlePollerTest : public ::testing::Test {
 protected:
  // One look at `time`; what it emitted is in events_.
  absl::Time PollAt(absl::Time time) {
    clock_.Advance(time - clock_.Now());
    events_.clear();
    return poller_.Poll(watched_, context_,
                        [this](const CandleEvent& event) { events_.push_back(event.open_time); });
  }

  const CandleSeriesId eurusd_{*market::CurrencyPair::Parse("EUR/USD"), Timeframe::k1Hour};
  std::vector<CandleSeriesId> watched_ = {eurusd_};
  const base::CallContext context_;
  GrowingSource source_;
  testing::FakeClock clock_{At(12, 10) + absl::Minutes(5)};  // a Tuesday
  CandlePoller poller_{source_, clock_, {}};
  std::vector<absl::Time> events_;
};

TEST_F(CandlePollerTest, LooksWhenTheNextCandleCloses) {
  source_.Add(At(12, 9));
  EXPECT_EQ(PollAt(At(12, 10) + absl::Minutes(5)), At(12, 11) + absl::Seconds(2));
  EXPECT_THAT(events_, IsEmpty());  // it only finds out where the series stands
  // Nobody asks before that.
  EXPECT_EQ(PollAt(At(12, 10) + absl::Minutes(30)), At(12, 11) + absl::Seconds(2));
  EXPECT_EQ(source_.asked(), 1);
  source_.Add(At(12, 10));
  EXPECT_EQ(PollAt(At(12, 11) + absl::Seconds(2)), At(12, 12) + absl::Seconds(2));
  EXPECT_THAT(events_, ElementsAre(At(12, 10)));
}

TEST_F(CandlePollerTest, AsksAgainForALateCandleAfterWaitsThatDouble) {
  source_.Add(At(12, 9));
  absl::Time next = PollAt(clock_.Now());
  std::vector<int64_t> waits;
  for (int i = 0; i < 10; ++i) {
    const absl::Time now = next;
    next = PollAt(now);
    waits.push_back(absl::ToInt64Seconds(next - now));
    if (i == 3) source_.FailWith(absl::UnavailableError("the backend does not answer"));
  }
  EXPECT_THAT(waits, ElementsAre(2, 4, 8, 16, 32, 64, 128, 256, 300, 300));
  source_.FailWith(absl::OkStatus());
  source_.Add(At(12, 10));
  EXPECT_EQ(PollAt(next), At(12, 12) + absl::Seconds(2));
  EXPECT_THAT(events_, ElementsAre(At(12, 10)));
}

TEST_F(CandlePollerTest, RestsOverTheWeekendAndTellsEveryCandleThatItMissed) {
  source_.Add(At(15, 20));  // Friday's last hour: 17:00 New York is 21:00 UTC
  const absl::Time sunday = At(17, 22) + absl::Seconds(2);
  EXPECT_EQ(PollAt(At(15, 21) + absl::Minutes(1)), sunday);
  source_.Add(At(17, 21));
  source_.Add(At(17, 22));
  EXPECT_EQ(PollAt(At(17, 23) + absl::Minutes(1)), At(18, 0) + absl::Seconds(2));
  EXPECT_THAT(events_, ElementsAre(At(17, 21), At(17, 22)));
}

TEST_F(CandlePollerTest, ASeriesWithoutCandlesIsAskedForWithGrowingWaits) {
  const absl::Time first = PollAt(clock_.Now());
  EXPECT_EQ(first - clock_.Now(), absl::Seconds(2));
  source_.Add(At(12, 9));
  PollAt(first);
  EXPECT_THAT(events_, IsEmpty());
}

TEST_F(CandlePollerTest, ForgetsWhatNobodyWatches) {
  source_.Add(At(12, 9));
  PollAt(clock_.Now());
  watched_.clear();
  EXPECT_EQ(PollAt(clock_.Now()), absl::InfiniteFuture());
  source_.Add(At(12, 10));
  watched_ = {eurusd_};
  PollAt(At(12, 11) + absl::Minutes(1));  // finds out anew where it stands
  EXPECT_THAT(events_, IsEmpty());
}

TEST_F(CandlePollerTest, TheThreadLooksAsSoonAsSomebodySubscribes) {
  source_.Add(At(12, 9));
  PollingCandleEvents events(source_, clock_);
  const CandleSeriesId gbpusd{*market::CurrencyPair::Parse("GBP/USD"), Timeframe::k1Hour};
  const auto subscription = events.Subscribe({eurusd_});
  const auto both = events.Subscribe({eurusd_, gbpusd});
  // Looks go in order: when the second series is asked for, the first one's next look is settled.
  source_.WaitUntilAsked(2);
  source_.Add(At(12, 10));
  clock_.Advance(absl::Hours(1));
  // Subscribing wakes the thread, as time would.
  const auto another = events.Subscribe({eurusd_});
  const auto event = subscription->Next(absl::Seconds(30));
  ASSERT_TRUE(event.has_value());
  EXPECT_EQ(event->open_time, At(12, 10));
}

}  // namespace
}  // namespace aifx::events
