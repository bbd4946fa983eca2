#include "client/backend/range_reader.h"

#include <algorithm>
#include <atomic>
#include <iterator>
#include <list>
#include <memory>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "client/backend/values.h"
#include "client/http/http_failure.h"
#include "core/base/mutex.h"
#include "core/base/status_macros.h"

namespace aifx::backend {
namespace {

using market::Candle;

// Below this a page is not made smaller, however large its candles are.
constexpr int64_t kSmallestPage = 100;
// How often a waiting caller looks whether it was cancelled.
constexpr absl::Duration kCancelPoll = absl::Milliseconds(50);

enum class State { kPending, kReading, kRead };

// A window on its way; in memory once it is no longer pending.
struct Segment {
  TimeWindow window;
  State state = State::kPending;
  std::vector<Candle> candles;
};

// The context of the pages: the caller's, with a cancellation of its own.
base::CallContext PageContext(const base::CallContext& context) {
  base::CallContext pages = context;
  pages.cancelled = std::make_shared<std::atomic<bool>>(context.IsCancelled());
  return pages;
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

class RangeReader {
 public:
  RangeReader(const FetchPage& fetch, market::Timeframe timeframe, const TimeWindow& range,
              const RangeReadOptions& options, const base::CallContext& context)
      : fetch_(fetch),
        timeframe_(timeframe),
        connections_(options.connections),
        caller_(context),
        pages_(PageContext(context)),
        limit_(options.page_size) {
    segments_.push_back({range});
  }
  ~RangeReader() {
    Fail(absl::CancelledError("the read has ended"));
    for (std::thread& worker : workers_) worker.join();
  }

  absl::Status Deliver(const market::CandleSink& sink, const market::OnReadProgress& progress);

 private:
  // The segment to deliver next, once it is read; null where all are delivered.
  absl::StatusOr<Segment*> AwaitFront();
  void StartWorkers();
  void Work();
  // The segment that this thread is to read; null where there will be none.
  Segment* Take();
  Segment* FirstPending() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Read(Segment& segment);
  absl::Status Settle(Segment& segment, absl::StatusOr<CandlePage> page, int64_t limit)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Puts what a page left of its window behind it.
  void Continue(const Segment& segment, int64_t total, int64_t limit)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Fail(absl::Status status);
  market::ReadProgress Progress();

  const FetchPage& fetch_;
  const market::Timeframe timeframe_;
  const int connections_;
  const base::CallContext& caller_;
  const base::CallContext pages_;
  const market::TradingCalendar calendar_;
  std::vector<std::thread> workers_;  // the calling thread's
  int64_t delivered_ = 0;             // likewise

  base::Mutex mutex_;
  base::ConditionVariable changed_;
  std::list<Segment> segments_ ABSL_GUARDED_BY(mutex_);  // not yet delivered, in order
  int in_memory_ ABSL_GUARDED_BY(mutex_) = 0;            // of them
  int64_t limit_ ABSL_GUARDED_BY(mutex_);
  absl::Status error_ ABSL_GUARDED_BY(mutex_);
};

absl::Status RangeReader::Deliver(const market::CandleSink& sink,
                                  const market::OnReadProgress& progress) {
  while (true) {
    AIFX_ASSIGN_OR_RETURN(Segment* const front, AwaitFront());
    if (front == nullptr) return absl::OkStatus();
    if (workers_.empty()) StartWorkers();
    if (progress && delivered_ == 0) progress(Progress());
    if (!front->candles.empty()) AIFX_RETURN_IF_ERROR(sink(front->candles));
    delivered_ += static_cast<int64_t>(front->candles.size());
    {
      base::MutexLock lock(mutex_);
      segments_.pop_front();
      --in_memory_;
      changed_.NotifyAll();
    }
    if (progress && delivered_ > 0) progress(Progress());
  }
}

absl::StatusOr<Segment*> RangeReader::AwaitFront() {
  while (true) {
    Segment* to_read = nullptr;
    {
      base::MutexLock lock(mutex_);
      if (!error_.ok()) return error_;
      if (segments_.empty()) return nullptr;
      Segment& front = segments_.front();
      if (front.state == State::kRead) return &front;
      if (workers_.empty()) {
        front.state = State::kReading;
        ++in_memory_;
        to_read = &front;
      } else {
        changed_.WaitFor(mutex_, kCancelPoll);
      }
    }
    if (caller_.IsCancelled()) Fail(absl::CancelledError("reading candles was cancelled"));
    if (to_read != nullptr) Read(*to_read);
  }
}

void RangeReader::StartWorkers() {
  size_t count = 0;
  {
    base::MutexLock lock(mutex_);
    count = std::min(segments_.size() - 1, static_cast<size_t>(connections_));
  }
  // A lone window is read by the calling thread, after the sink had what is there.
  if (count < 2) return;
  try {
    while (workers_.size() < count) workers_.emplace_back([this] { Work(); });
  } catch (const std::system_error&) {
    // As many as the system has; without any the calling thread reads.
  }
}

void RangeReader::Work() {
  while (Segment* segment = Take()) Read(*segment);
}

Segment* RangeReader::FirstPending() {
  const auto found = std::find_if(segments_.begin(), segments_.end(), [](const Segment& segment) {
    return segment.state == State::kPending;
  });
  return found == segments_.end() ? nullptr : &*found;
}

Segment* RangeReader::Take() {
  base::MutexLock lock(mutex_);
  while (error_.ok() && !segments_.empty()) {
    Segment* const next = FirstPending();
    // One place in memory is kept for the front: all others wait for it.
    const Segment& front = segments_.front();
    const int behind_front = in_memory_ - (front.state == State::kPending ? 0 : 1);
    if (next != nullptr && (next == &front || behind_front < connections_ - 1)) {
      next->state = State::kReading;
      ++in_memory_;
      return next;
    }
    changed_.Wait(mutex_);
  }
  return nullptr;
}

void RangeReader::Read(Segment& segment) {
  int64_t limit = 0;
  {
    base::MutexLock lock(mutex_);
    limit = limit_;
  }
  absl::StatusOr<CandlePage> page = fetch_(segment.window, limit, pages_);
  absl::Status status;
  {
    base::MutexLock lock(mutex_);
    status = Settle(segment, std::move(page), limit);
    changed_.NotifyAll();
  }
  if (!status.ok()) Fail(std::move(status));
}

absl::Status RangeReader::Settle(Segment& segment, absl::StatusOr<CandlePage> page, int64_t limit) {
  if (!page.ok()) {
    const bool too_large = http::HttpFailureOf(page.status()).reply_too_large;
    if (!too_large || limit <= kSmallestPage) return page.status();
    limit_ = std::min(limit_, std::max(limit / 2, kSmallestPage));
    segment.state = State::kPending;
    --in_memory_;
    return absl::OkStatus();
  }
  AIFX_RETURN_IF_ERROR(CheckInside(page->candles, segment.window));
  segment.candles = std::move(page->candles);
  segment.state = State::kRead;
  Continue(segment, page->total, limit);
  segment.window.expected = static_cast<int64_t>(segment.candles.size());
  return absl::OkStatus();
}

void RangeReader::Continue(const Segment& segment, int64_t total, int64_t limit) {
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
    segments_.insert(behind, {window});
  }
}

void RangeReader::Fail(absl::Status status) {
  base::MutexLock lock(mutex_);
  if (error_.ok()) error_ = std::move(status);
  pages_.Cancel();
  changed_.NotifyAll();
}

market::ReadProgress RangeReader::Progress() {
  base::MutexLock lock(mutex_);
  market::ReadProgress progress{delivered_, delivered_};
  for (const Segment& segment : segments_) progress.expected += segment.window.expected;
  return progress;
}

}  // namespace

absl::Status ReadCandleRange(const FetchPage& fetch, market::Timeframe timeframe, absl::Time start,
                             absl::Time end, const RangeReadOptions& options,
                             const market::CandleSink& sink, const market::OnReadProgress& progress,
                             const base::CallContext& context) {
  if (start >= end) return absl::OkStatus();
  RangeReader reader(fetch, timeframe, {start, end}, options, context);
  return reader.Deliver(sink, progress);
}

}  // namespace aifx::backend
