#include "client/events/polling_candle_events.h"

#include <algorithm>
#include <utility>

namespace aifx::events {

PollingCandleEvents::PollingCandleEvents(market::CandleSource& source, base::Clock& clock,
                                         CandlePoller::Options options)
    : clock_(clock), poller_(source, clock, options), thread_([this] { Loop(); }) {}

PollingCandleEvents::~PollingCandleEvents() {
  {
    base::MutexLock lock(mutex_);
    stopping_ = true;
    changed_.NotifyAll();
  }
  context_.Cancel();
  thread_.join();
}

std::unique_ptr<records::CandleSubscription> PollingCandleEvents::Subscribe(
    std::vector<records::CandleSeriesId> series) {
  auto subscription = hub_.Subscribe(std::move(series));
  base::MutexLock lock(mutex_);
  subscribed_ = true;
  changed_.NotifyAll();
  return subscription;
}

void PollingCandleEvents::Loop() {
  while (true) {
    const absl::Time next =
        poller_.Poll(hub_.Watched(), context_,
                     [this](const records::CandleEvent& event) { hub_.Publish(event); });
    base::MutexLock lock(mutex_);
    // A minute at most, so that a jump of the wall clock delays no candle for long.
    if (!subscribed_ && !stopping_) {
      changed_.WaitFor(mutex_, std::clamp(next - clock_.Now(), absl::Milliseconds(1),
                                          absl::Duration(absl::Minutes(1))));
    }
    if (stopping_) return;
    subscribed_ = false;
  }
}

}  // namespace aifx::events
