#ifndef AIFX_CLIENT_EVENTS_POLLING_CANDLE_EVENTS_H_
#define AIFX_CLIENT_EVENTS_POLLING_CANDLE_EVENTS_H_

#include <memory>
#include <thread>
#include <vector>

#include "client/events/candle_hub.h"
#include "client/events/candle_poller.h"
#include "core/base/mutex.h"

namespace aifx::events {

// New candles where there is no Redis: found by asking the source around each close time, on a
// thread of its own (candle_poller.h has the schedule). Thread-safe.
class PollingCandleEvents final : public records::CandleEvents {
 public:
  // `source` and `clock` outlive it.
  PollingCandleEvents(market::CandleSource& source, base::Clock& clock,
                      CandlePoller::Options options = {});
  // Cancels a look under way.
  ~PollingCandleEvents() override;

  std::unique_ptr<records::CandleSubscription> Subscribe(
      std::vector<records::CandleSeriesId> series) override;

 private:
  void Loop();

  base::Clock& clock_;
  const base::CallContext context_;
  CandleHub hub_;
  CandlePoller poller_;  // the thread's own
  base::Mutex mutex_;
  base::ConditionVariable changed_;
  bool subscribed_ ABSL_GUARDED_BY(mutex_) = false;  // since the last look
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace aifx::events

#endif  // AIFX_CLIENT_EVENTS_POLLING_CANDLE_EVENTS_H_
