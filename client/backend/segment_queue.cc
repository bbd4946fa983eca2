#include "client/backend/segment_queue.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/backend/values.h"
#include "client/http/http_failure.h"
#include "core/base/status_macros.h"

namespace aifx::backend {
namespace {

using market::Candle;

// Below this a page is not made smaller, however large its candles are.
constexpr int64_t kSmallestPage = 100;

std::string BoundText(const char* word, absl::Time time) {
  const bool infinite = time == absl::InfinitePast() || time == absl::InfiniteFuture();
  return infinite ? "" : absl::StrCat(word, FormatTimestamp(time));
}

absl::Status CheckInside(const std::vector<Candle>& candles, const TimeWindow& window) {
  if (candles.empty() ||
      (candles.front().open_time >= window.start && candles.back().open_time < window.end)) {
    return absl::OkStatus();
  }
  const bool early = candles.front().open_time < window.start;
  const Candle& outside = early ? candles.front() : candles.back();
  return NonsenseError(absl::StrCat("marketData has timestamp ", FormatTimestamp(outside.open_time),
                                    ", outside of ", FormatTimestamp(window.start), " to ",
                                    FormatTimestamp(window.end)));
}

// Taken as the end, an empty page would leave a hole that nobody hears of.
absl::Status CheckTotal(const CandlePage& page, const TimeWindow& window) {
  if (!page.candles.empty() || page.total <= 0) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat(
      "the backend's answers do not agree: total ", page.total, ", but no candle",
      BoundText(" from ", window.start), BoundText(" to ", window.end), ": try again"));
}

}  // namespace

SegmentQueue::SegmentQueue(const market::TradingCalendar& calendar, market::Timeframe timeframe,
                           const TimeWindow& range, int64_t page_size, int most_in_memory)
    : calendar_(calendar),
      timeframe_(timeframe),
      most_in_memory_(most_in_memory),
      limit_(page_size) {
  segments_.push_back({.window = range});
}

SegmentQueue::Work SegmentQueue::TakeLocked(Segment& segment) {
  segment.state = Segment::State::kReading;
  ++in_memory_;
  return {&segment, limit_};
}

SegmentQueue::Work SegmentQueue::Take() {
  base::MutexLock lock(mutex_);
  while (error_.ok() && !segments_.empty()) {
    const auto next = std::find_if(segments_.begin(), segments_.end(), [](const Segment& segment) {
      return segment.state == Segment::State::kPending;
    });
    // One place in memory is kept for the front: all others wait for it.
    const bool front_pending = segments_.front().state == Segment::State::kPending;
    const int behind_front = in_memory_ - (front_pending ? 0 : 1);
    if (next != segments_.end() && (front_pending || behind_front < most_in_memory_ - 1)) {
      return TakeLocked(*next);
    }
    changed_.Wait(mutex_);
  }
  return {};
}

SegmentQueue::Work SegmentQueue::TakeFront() {
  base::MutexLock lock(mutex_);
  if (!error_.ok() || segments_.empty() || segments_.front().state != Segment::State::kPending) {
    return {};
  }
  return TakeLocked(segments_.front());
}

void SegmentQueue::Settle(const Work& work, absl::StatusOr<CandlePage> page) {
  base::MutexLock lock(mutex_);
  absl::Status status = SettleLocked(*work.segment, work.limit, std::move(page));
  if (!status.ok() && error_.ok()) error_ = std::move(status);
  changed_.NotifyAll();
}

absl::Status SegmentQueue::SettleLocked(Segment& segment, int64_t limit,
                                        absl::StatusOr<CandlePage> page) {
  if (!page.ok()) {
    const bool too_large = http::HttpFailureOf(page.status()).reply_too_large;
    if (!too_large || limit <= kSmallestPage) return page.status();
    limit_ = std::min(limit_, std::max(limit / 2, kSmallestPage));
    segment.state = Segment::State::kPending;
    --in_memory_;
    return absl::OkStatus();
  }
  AIFX_RETURN_IF_ERROR(CheckInside(page->candles, segment.window));
  AIFX_RETURN_IF_ERROR(CheckTotal(*page, segment.window));
  segment.candles = std::move(page->candles);
  segment.state = Segment::State::kRead;
  Continue(segment, page->total, limit);
  segment.window.expected = static_cast<int64_t>(segment.candles.size());
  return absl::OkStatus();
}

void SegmentQueue::Continue(const Segment& segment, int64_t total, int64_t limit) {
  const auto count = static_cast<int64_t>(segment.candles.size());
  // A full page may be followed by rows that came after `total` was counted.
  if (count == 0 || (count >= total && count < limit)) return;
  const absl::Time last = segment.candles.back().open_time;
  const TimeWindow rest{last + kTick, segment.window.end, std::max<int64_t>(total - count, 0)};
  if (rest.start >= rest.end) return;
  const auto self = std::find_if(segments_.begin(), segments_.end(),
                                 [&](const Segment& other) { return &other == &segment; });
  const auto behind = std::next(self);
  const ReadSpan read{segment.candles.front().open_time, last, count};
  // Where the backend gives less than was asked for, that is its page.
  for (const TimeWindow& window :
       PlanWindows(calendar_, timeframe_, read, rest, std::min(limit, count))) {
    segments_.insert(behind, {.window = window});
  }
}

absl::StatusOr<Segment*> SegmentQueue::Front(absl::Duration wait) {
  base::MutexLock lock(mutex_);
  for (bool waited = false;; waited = true) {
    if (!error_.ok()) return error_;
    if (segments_.front().state == Segment::State::kRead) return &segments_.front();
    if (waited || wait <= absl::ZeroDuration()) return nullptr;
    changed_.WaitFor(mutex_, wait);
  }
}

void SegmentQueue::Pop() {
  base::MutexLock lock(mutex_);
  segments_.pop_front();
  --in_memory_;
  changed_.NotifyAll();
}

size_t SegmentQueue::size() {
  base::MutexLock lock(mutex_);
  return segments_.size();
}

int64_t SegmentQueue::Expected() {
  base::MutexLock lock(mutex_);
  int64_t expected = 0;
  for (const Segment& segment : segments_) expected += segment.window.expected;
  return expected;
}

void SegmentQueue::Fail(absl::Status status) {
  base::MutexLock lock(mutex_);
  if (error_.ok()) error_ = std::move(status);
  changed_.NotifyAll();
}

}  // namespace aifx::backend
