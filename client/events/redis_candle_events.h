#ifndef AIFX_CLIENT_EVENTS_REDIS_CANDLE_EVENTS_H_
#define AIFX_CLIENT_EVENTS_REDIS_CANDLE_EVENTS_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "client/events/candle_hub.h"
#include "client/events/redis_subscriber.h"
#include "core/records/candle_events.h"

namespace aifx::events {

// New candles as the platform announces them on ml:new_market_data. Messages that make no sense are
// counted and ignored. Thread-safe.
class RedisCandleEvents final : public records::CandleEvents {
 public:
  struct Options {
    RedisTarget target;
    RedisTiming timing;
    size_t queue_limit = 1024;  // events that wait in one subscription, > 0
  };

  // Connects by itself, now and whenever the connection is lost.
  RedisCandleEvents(Options options, RedisDeps deps);

  std::unique_ptr<records::CandleSubscription> Subscribe(
      std::vector<records::CandleSeriesId> series) override;

  int64_t malformed() const { return malformed_.load(); }
  const RedisSubscriber& subscriber() const { return subscriber_; }

 private:
  void Handle(const std::string& channel, const std::string& payload);

  base::Clock& clock_;
  base::Logger& logger_;
  std::atomic<int64_t> malformed_{0};
  CandleHub hub_;
  RedisSubscriber subscriber_;  // calls Handle: ends first
};

}  // namespace aifx::events

#endif  // AIFX_CLIENT_EVENTS_REDIS_CANDLE_EVENTS_H_
