#ifndef AIFX_CLIENT_BACKEND_SEGMENT_QUEUE_H_
#define AIFX_CLIENT_BACKEND_SEGMENT_QUEUE_H_

#include <cstdint>
#include <list>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/backend/candle_page.h"
#include "client/backend/range_plan.h"
#include "core/base/mutex.h"
#include "core/market/candle.h"

namespace aifx::backend {

// A window of a read on its way.
struct Segment {
  enum class State { kPending, kReading, kRead };
  TimeWindow window;
  State state = State::kPending;             // the queue's
  std::vector<market::Candle> candles = {};  // once it is read
};

// The windows of a long read in order of time, from being planned to being delivered. Readers take
// pending ones, one deliverer takes read ones from the front. Thread-safe; pointers to segments are
// valid until they are popped.
class SegmentQueue {
 public:
  // Begins with `range` as one window. At most `most_in_memory` segments are being read, or read
  // and not yet popped. The calendar outlives the queue.
  SegmentQueue(const market::TradingCalendar& calendar, market::Timeframe timeframe,
               const TimeWindow& range, int64_t page_size, int most_in_memory);

  // For readers: the next segment to read, and the size of its page. Waits for one; null where
  // there will be none.
  struct Work {
    Segment* segment = nullptr;
    int64_t limit = 0;
  };
  Work Take();
  // The same for the front alone, without waiting: null where it is not pending.
  Work TakeFront();
  // What came of it: the rest of a window whose page was full goes back into the queue, and so does
  // all of it where the reply was too large. Any other error is the queue's from then on; so is
  // UNAVAILABLE for an empty page whose `total` says that there are candles.
  void Settle(const Work& work, absl::StatusOr<CandlePage> page);

  // For the deliverer: the front, once it is read; null where it is not, after at most `wait`. Or
  // the queue's error. REQUIRES: size() > 0
  absl::StatusOr<Segment*> Front(absl::Duration wait);
  void Pop();
  size_t size();  // 0: all is delivered
  // Candles that the segments in the queue are expected to have, as far as is known.
  int64_t Expected();

  // Ends all waiting with an error. The first one counts.
  void Fail(absl::Status status);

 private:
  Work TakeLocked(Segment& segment) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status SettleLocked(Segment& segment, int64_t limit, absl::StatusOr<CandlePage> page)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Puts what a page left of its window behind it.
  void Continue(const Segment& segment, int64_t total, int64_t limit)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const market::TradingCalendar& calendar_;
  const market::Timeframe timeframe_;
  const int most_in_memory_;

  base::Mutex mutex_;
  base::ConditionVariable changed_;
  std::list<Segment> segments_ ABSL_GUARDED_BY(mutex_);
  int in_memory_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t limit_ ABSL_GUARDED_BY(mutex_);
  absl::Status error_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace aifx::backend

#endif  // AIFX_CLIENT_BACKEND_SEGMENT_QUEUE_H_
