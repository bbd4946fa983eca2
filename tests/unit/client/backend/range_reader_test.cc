#include "client/backend/range_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <thread>
#include <vector>

#include "client/http/http_failure.h"
#include "core/base/mutex.h"
#include "tests/support/candles.h"
#include "tests/support/status_matchers.h"

namespace aifx::backend {
namespace {

using ::aifx::testing::FlatCandle;
using ::aifx::testing::StatusIs;
using market::Candle;
using market::Timeframe;
using ::testing::_;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const absl::Time kFirst = absl::FromCivil(absl::CivilHour(2018, 6, 12, 10), absl::UTCTimeZone());

// A series that answers windows as the backend does.
class FakeSeries {
 public:
  void Add(absl::Time open, double price = 1) {
    base::MutexLock lock(mutex_);
    rows_[open] = price;
  }
  void AddHours(int count) {
    for (int i = 0; i < count; ++i) Add(kFirst + absl::Hours(i));
  }
  void Remove(absl::Time open) {
    base::MutexLock lock(mutex_);
    rows_.erase(open);
  }

  absl::StatusOr<CandlePage> Fetch(const TimeWindow& window, int64_t limit) {
    base::MutexLock lock(mutex_);
    limits_.push_back(limit);
    if (limit > largest_page) {
      return http::WithHttpFailure(absl::ResourceExhaustedError("too large"),
                                   {.may_have_arrived = true, .reply_too_large = true});
    }
    CandlePage page;
    for (auto row = rows_.lower_bound(window.start); row != rows_.end() && row->first < window.end;
         ++row) {
      ++page.total;
      if (static_cast<int64_t>(page.candles.size()) < std::min(limit, page_cap)) {
        page.candles.push_back(FlatCandle(row->first, row->second));
      }
    }
    return page;
  }

  std::vector<int64_t> limits() {
    base::MutexLock lock(mutex_);
    return limits_;
  }
  std::vector<absl::Time> opens() {
    base::MutexLock lock(mutex_);
    std::vector<absl::Time> opens;
    for (const auto& [open, price] : rows_) opens.push_back(open);
    return opens;
  }

  int64_t largest_page = 10'000;  // more is too large
  int64_t page_cap = 10'000;      // more is cut off

 private:
  base::Mutex mutex_;
  std::map<absl::Time, double> rows_ ABSL_GUARDED_BY(mutex_);
  std::vector<int64_t> limits_ ABSL_GUARDED_BY(mutex_);
};

class RangeReaderTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::vector<absl::Time>> Read(absl::Time start = absl::InfinitePast(),
                                               absl::Time end = absl::InfiniteFuture(),
                                               const base::CallContext& context = {}) {
    std::vector<absl::Time> opens;
    const absl::Status status = ReadCandleRange(
        fetch_, Timeframe::k1Hour, start, end, options_,
        [&](absl::Span<const Candle> candles) {
          for (const Candle& candle : candles) opens.push_back(candle.open_time);
          return sink_status_;
        },
        [&](const market::ReadProgress& progress) { progress_.push_back(progress); }, context);
    if (!status.ok()) return status;
    return opens;
  }

  FakeSeries series_;
  FetchPage fetch_ = [this](const TimeWindow& window, int64_t limit, const base::CallContext&) {
    return series_.Fetch(window, limit);
  };
  RangeReadOptions options_{.connections = 4, .page_size = 100};
  absl::Status sink_status_;
  std::vector<market::ReadProgress> progress_;
};

TEST_F(RangeReaderTest, ReadsEverythingOnceAndInOrder) {
  for (const int count : {0, 1, 99, 100, 101, 200, 1'000, 5'003}) {
    SCOPED_TRACE(count);
    series_.AddHours(count);
    ASSERT_OK_AND_ASSIGN(const std::vector<absl::Time> opens, Read());
    EXPECT_EQ(opens, series_.opens());
    ASSERT_FALSE(progress_.empty());
    EXPECT_EQ(progress_.back().candles, count);
    EXPECT_EQ(progress_.back().expected, count);
  }
}

TEST_F(RangeReaderTest, StartIsInclusiveAndEndExclusive) {
  series_.AddHours(350);
  ASSERT_OK_AND_ASSIGN(const std::vector<absl::Time> opens,
                       Read(kFirst + absl::Hours(5), kFirst + absl::Hours(345)));
  ASSERT_THAT(opens, SizeIs(340));
  EXPECT_EQ(opens.front(), kFirst + absl::Hours(5));
  EXPECT_EQ(opens.back(), kFirst + absl::Hours(344));
  ASSERT_OK_AND_ASSIGN(const std::vector<absl::Time> nothing, Read(kFirst, kFirst));
  EXPECT_THAT(nothing, IsEmpty());
}

TEST_F(RangeReaderTest, DenseSparseAndCappedSeriesAreReadWhole) {
  for (int i = 0; i < 400; ++i) series_.Add(kFirst + absl::Hours(24 * 30) * i);  // sparse
  const absl::Time dense = kFirst + absl::Hours(24 * 30 * 500);
  for (int i = 0; i < 2'000; ++i) series_.Add(dense + absl::Milliseconds(1) * i);
  for (int i = 1; i < 300; ++i) series_.Add(dense + absl::Hours(24 * 365) * i);
  for (const int64_t cap : {10'000, 37, 7}) {
    SCOPED_TRACE(cap);
    series_.page_cap = cap;
    ASSERT_OK_AND_ASSIGN(const std::vector<absl::Time> opens, Read());
    EXPECT_EQ(opens, series_.opens());
  }
}

// Four pages are on their way at the same time, and no fifth before the first is delivered.
TEST_F(RangeReaderTest, ReadsFourPagesAtATimeAndHoldsNoMore) {
  series_.AddHours(2'000);
  base::Mutex mutex;
  base::ConditionVariable changed;
  int active = 0, most = 0, calls = 0;
  fetch_ = [&](const TimeWindow& window, int64_t limit, const base::CallContext&) {
    {
      base::MutexLock lock(mutex);
      ++active;
      most = std::max(most, active);
      changed.NotifyAll();
      // The first page comes alone; the next four wait for one another.
      const bool waits = ++calls > 1 && calls <= 5;
      while (waits && most < 4) changed.Wait(mutex);
    }
    auto page = series_.Fetch(window, limit);
    base::MutexLock lock(mutex);
    --active;
    return page;
  };
  int64_t delivered = 0;
  ASSERT_OK(ReadCandleRange(fetch_, Timeframe::k1Hour, absl::InfinitePast(), absl::InfiniteFuture(),
                            options_,
                            [&](absl::Span<const Candle> candles) {
                              delivered += static_cast<int64_t>(candles.size());
                              return absl::OkStatus();
                            },
                            nullptr, {}));
  EXPECT_EQ(delivered, 2'000);
  EXPECT_EQ(most, 4);
}

TEST_F(RangeReaderTest, ASlowSinkBoundsWhatIsFetchedAhead) {
  series_.AddHours(2'000);
  int64_t delivered_pages = 0;
  ASSERT_OK(ReadCandleRange(
      fetch_, Timeframe::k1Hour, absl::InfinitePast(), absl::InfiniteFuture(), options_,
      [&](absl::Span<const Candle>) {
        // What the sink has, and at most one page a connection beside it.
        EXPECT_LE(static_cast<int64_t>(series_.limits().size()), delivered_pages + 4);
        ++delivered_pages;
        return absl::OkStatus();
      },
      nullptr, {}));
}

// Rows that come, go and change while the read is on its way: those that stay are read once each.
TEST_F(RangeReaderTest, ChangesMeanwhileMakeNoGapAndNoDuplicate) {
  series_.AddHours(1'000);
  const std::vector<absl::Time> stays = series_.opens();
  int calls = 0;
  base::Mutex mutex;
  fetch_ = [&](const TimeWindow& window, int64_t limit, const base::CallContext&) {
    auto page = series_.Fetch(window, limit);
    base::MutexLock lock(mutex);
    ++calls;
    series_.Add(kFirst - absl::Hours(calls));                                    // before
    series_.Add(kFirst + absl::Hours(83 * calls) + absl::Minutes(30));           // within
    series_.Add(kFirst + absl::Hours(1'000 + calls));                            // after
    series_.Add(kFirst + absl::Hours(7 * calls), 2.0);                           // corrected
    series_.Remove(kFirst + absl::Hours(83 * (calls - 1)) + absl::Minutes(30));  // gone again
    return page;
  };
  ASSERT_OK_AND_ASSIGN(const std::vector<absl::Time> opens, Read());
  EXPECT_TRUE(std::is_sorted(opens.begin(), opens.end()));
  EXPECT_EQ(std::adjacent_find(opens.begin(), opens.end()), opens.end());
  EXPECT_TRUE(std::includes(opens.begin(), opens.end(), stays.begin(), stays.end()));
}

// A row that was stored between the backend's count and its select: total is one short.
TEST_F(RangeReaderTest, AFullPageIsContinuedWhateverTotalSays) {
  series_.AddHours(250);
  fetch_ = [&](const TimeWindow& window, int64_t limit, const base::CallContext&) {
    auto page = series_.Fetch(window, limit);
    if (page.ok()) page->total = static_cast<int64_t>(page->candles.size());
    return page;
  };
  ASSERT_OK_AND_ASSIGN(const std::vector<absl::Time> opens, Read());
  EXPECT_EQ(opens, series_.opens());
}

TEST_F(RangeReaderTest, AnEmptyPageAlthoughCandlesAreToldOfIsAnError) {
  series_.AddHours(150);
  int64_t told = 50;
  fetch_ = [&](const TimeWindow& window, int64_t limit, const base::CallContext&) {
    auto page = series_.Fetch(window, limit);
    if (page.ok() && window.start > kFirst) *page = {.candles = {}, .total = told};
    return page;
  };
  EXPECT_THAT(Read(kFirst), StatusIs(absl::StatusCode::kUnavailable,
                                     HasSubstr("do not agree: total 50, but no candle from "
                                               "2018-06-16T13:00:00.001Z")));
  told = 0;  // they vanished meanwhile
  ASSERT_OK_AND_ASSIGN(const std::vector<absl::Time> opens, Read(kFirst));
  EXPECT_THAT(opens, SizeIs(100));
}

TEST_F(RangeReaderTest, RepliesThatAreTooLargeMakePagesSmaller) {
  series_.AddHours(3'000);
  options_.page_size = 1'000;
  series_.largest_page = 300;
  ASSERT_OK_AND_ASSIGN(const std::vector<absl::Time> opens, Read());
  EXPECT_EQ(opens, series_.opens());
  EXPECT_THAT(series_.limits().front(), 1'000);
  EXPECT_EQ(series_.limits().back(), 250);
  series_.largest_page = 99;
  EXPECT_THAT(Read(), StatusIs(absl::StatusCode::kResourceExhausted, _));
}

TEST_F(RangeReaderTest, AnErrorInTheMiddleEndsTheReadAfterWhatCameBefore) {
  series_.AddHours(2'000);
  fetch_ = [&](const TimeWindow& window, int64_t limit,
               const base::CallContext&) -> absl::StatusOr<CandlePage> {
    if (window.start > kFirst + absl::Hours(900)) return absl::UnavailableError("the backend fell");
    return series_.Fetch(window, limit);
  };
  EXPECT_THAT(Read(), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("fell")));
  EXPECT_LT(progress_.back().candles, 2'000);
}

TEST_F(RangeReaderTest, TheSinksErrorEndsTheRead) {
  series_.AddHours(2'000);
  sink_status_ = absl::ResourceExhaustedError("the disk is full");
  EXPECT_THAT(Read(), StatusIs(absl::StatusCode::kResourceExhausted, "the disk is full"));
  EXPECT_LE(series_.limits().size(), 6u);
}

TEST_F(RangeReaderTest, CancellingTheCallerCancelsThePages) {
  series_.AddHours(2'000);
  base::CallContext context;
  fetch_ = [&](const TimeWindow& window, int64_t limit,
               const base::CallContext& pages) -> absl::StatusOr<CandlePage> {
    if (window.start <= kFirst) return series_.Fetch(window, limit);
    context.Cancel();
    while (!pages.IsCancelled()) std::this_thread::yield();
    return absl::CancelledError("cancelled");
  };
  EXPECT_THAT(Read(absl::InfinitePast(), absl::InfiniteFuture(), context),
              StatusIs(absl::StatusCode::kCancelled, _));
}

// Without threads there is nobody who could pass the cancellation on.
TEST_F(RangeReaderTest, CancellingTheCallerCancelsAPageThatIsReadAlone) {
  series_.AddHours(150);
  for (const absl::Time cancel_at : {kFirst, kFirst + absl::Hours(100)}) {  // first and last page
    SCOPED_TRACE(cancel_at);
    base::CallContext context;
    bool cancelled = false;
    fetch_ = [&](const TimeWindow& window, int64_t limit,
                 const base::CallContext& pages) -> absl::StatusOr<CandlePage> {
      auto page = series_.Fetch(window, limit);
      if (!page.ok() || page->candles.empty() || page->candles.front().open_time != cancel_at) {
        return page;
      }
      context.Cancel();
      cancelled = pages.IsCancelled();
      return absl::CancelledError("the page was cancelled");
    };
    EXPECT_THAT(Read(kFirst, absl::InfiniteFuture(), context),
                StatusIs(absl::StatusCode::kCancelled, _));
    EXPECT_TRUE(cancelled);
  }
}

TEST_F(RangeReaderTest, PagesHaveTheCallersDeadlineAndIds) {
  series_.AddHours(300);
  const base::CallContext context{.deadline = kFirst, .request_id = "id", .traceparent = "parent"};
  base::Mutex mutex;
  std::vector<bool> same;
  fetch_ = [&](const TimeWindow& window, int64_t limit, const base::CallContext& pages) {
    base::MutexLock lock(mutex);
    same.push_back(pages.deadline == kFirst && pages.request_id == "id" &&
                   pages.traceparent == "parent");
    return series_.Fetch(window, limit);
  };
  ASSERT_OK(Read(absl::InfinitePast(), absl::InfiniteFuture(), context));
  EXPECT_THAT(same, ::testing::Each(true));
}

TEST_F(RangeReaderTest, CandlesOutsideOfTheWindowAreRefused) {
  fetch_ = [&](const TimeWindow&, int64_t, const base::CallContext&) {
    return CandlePage{.candles = {FlatCandle(kFirst)}, .total = 1};
  };
  for (const absl::Time start : {kFirst - absl::Hours(2), kFirst + absl::Hours(1)}) {
    EXPECT_THAT(Read(start, start + absl::Hours(2)),
                StatusIs(absl::StatusCode::kInternal, HasSubstr("outside of")));
  }
}

}  // namespace
}  // namespace aifx::backend
