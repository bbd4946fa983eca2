#include "client/backend/range_reader.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "client/backend/segment_queue.h"
#include "core/base/status_macros.h"

namespace aifx::backend {
namespace {

// How often a waiting caller looks whether it was cancelled.
constexpr absl::Duration kCancelPoll = absl::Milliseconds(50);

// The context of the pages: the caller's, with a cancellation of its own.
base::CallContext PageContext(const base::CallContext& context) {
  base::CallContext pages = context;
  pages.cancelled = std::make_shared<std::atomic<bool>>(context.IsCancelled());
  return pages;
}

// One read: the calling thread, which delivers, and the threads that read pages for it.
class RangeReader {
 public:
  RangeReader(const FetchPage& fetch, market::Timeframe timeframe, const TimeWindow& range,
              const RangeReadOptions& options, const base::CallContext& context)
      : fetch_(fetch),
        connections_(static_cast<size_t>(options.connections)),
        caller_(context),
        pages_(PageContext(context)),
        queue_(calendar_, timeframe, range, options.page_size, options.connections) {}
  ~RangeReader() {
    queue_.Fail(absl::CancelledError("the read has ended"));
    pages_.Cancel();
    for (std::thread& worker : workers_) worker.join();
  }

  absl::Status Deliver(const market::CandleSink& sink, const market::OnReadProgress& progress);

 private:
  // The segment to deliver next, once it is read; errors as SegmentQueue::Front.
  absl::StatusOr<Segment*> AwaitFront();
  void StartWorkers();
  void Read(const SegmentQueue::Work& work, const base::CallContext& context) {
    queue_.Settle(work, fetch_(work.segment->window, work.limit, context));
  }

  const FetchPage& fetch_;
  const size_t connections_;
  const base::CallContext& caller_;
  const base::CallContext pages_;
  const market::TradingCalendar calendar_;
  SegmentQueue queue_;
  // The calling thread's alone.
  std::vector<std::thread> workers_;
  int64_t delivered_ = 0;
};

absl::Status RangeReader::Deliver(const market::CandleSink& sink,
                                  const market::OnReadProgress& progress) {
  const auto report = [&] {
    if (progress) progress({delivered_, delivered_ + queue_.Expected()});
  };
  for (bool first = true; queue_.size() > 0; first = false) {
    AIFX_ASSIGN_OR_RETURN(const Segment* const front, AwaitFront());
    if (workers_.empty()) StartWorkers();
    if (first) report();
    if (!front->candles.empty()) AIFX_RETURN_IF_ERROR(sink(front->candles));
    delivered_ += static_cast<int64_t>(front->candles.size());
    queue_.Pop();
    report();
  }
  return absl::OkStatus();
}

absl::StatusOr<Segment*> RangeReader::AwaitFront() {
  while (true) {
    if (caller_.IsCancelled()) return absl::CancelledError("reading candles was cancelled");
    const bool alone = workers_.empty();
    AIFX_ASSIGN_OR_RETURN(Segment* const front,
                          queue_.Front(alone ? absl::ZeroDuration() : kCancelPoll));
    if (front != nullptr) return front;
    // Nobody else looks at the caller's cancellation while this thread reads.
    if (alone) Read(queue_.TakeFront(), caller_);
  }
}

void RangeReader::StartWorkers() {
  const size_t count = std::min(queue_.size() - 1, connections_);
  // A lone window is read by the calling thread, after the sink had what is there.
  if (count < 2) return;
  const auto work = [this] {
    for (auto next = queue_.Take(); next.segment != nullptr; next = queue_.Take()) {
      Read(next, pages_);
    }
  };
  try {
    while (workers_.size() < count) workers_.emplace_back(work);
  } catch (const std::system_error&) {
    // As many as the system has; without any the calling thread reads.
  }
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
