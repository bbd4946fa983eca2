#ifndef AIFX_CLIENT_EVENTS_CANDLE_HUB_H_
#define AIFX_CLIENT_EVENTS_CANDLE_HUB_H_

#include <memory>
#include <vector>

#include "core/records/candle_events.h"

namespace aifx::events {

// Hands events to the subscriptions that want them, each with a bounded queue of its own. Its
// subscriptions may outlive it; they get no events then. Thread-safe.
class CandleHub {
 public:
  // `queue_limit`: events that wait in one subscription, > 0.
  explicit CandleHub(size_t queue_limit = 1024);
  ~CandleHub();

  std::unique_ptr<records::CandleSubscription> Subscribe(
      std::vector<records::CandleSeriesId> series);
  // Never blocks on a subscriber.
  void Publish(const records::CandleEvent& event);
  // What at least one subscription wants, in order.
  std::vector<records::CandleSeriesId> Watched() const;

 private:
  class Members;
  class Subscription;

  const size_t queue_limit_;
  const std::shared_ptr<Members> members_;
};

}  // namespace aifx::events

#endif  // AIFX_CLIENT_EVENTS_CANDLE_HUB_H_
