#include "client/events/redis_candle_events.h"

#include <utility>

#include "client/events/message.h"
#include "core/base/status_macros.h"

namespace aifx::events {
namespace {

absl::StatusOr<records::CandleEvent> Decode(const std::string& channel, const std::string& payload,
                                            absl::Time now) {
  AIFX_ASSIGN_OR_RETURN(const nlohmann::json data, DecodeMessage(channel, payload));
  return CandleEventOf(data, now);
}

}  // namespace

RedisCandleEvents::RedisCandleEvents(Options options, RedisDeps deps)
    : clock_(deps.clock),
      logger_(deps.logger),
      hub_(options.queue_limit),
      subscriber_(
          {.target = std::move(options.target),
           .timing = options.timing,
           .channels = {kNewMarketData}},
          [this](const std::string& channel, const std::string& payload) {
            Handle(channel, payload);
          },
          std::move(deps)) {}

std::unique_ptr<records::CandleSubscription> RedisCandleEvents::Subscribe(
    std::vector<records::CandleSeriesId> series) {
  return hub_.Subscribe(std::move(series));
}

void RedisCandleEvents::Handle(const std::string& channel, const std::string& payload) {
  const auto event = Decode(channel, payload, clock_.Now());
  if (event.ok()) return hub_.Publish(*event);
  // The first is enough to find its sender; a flood must not fill the log.
  if (malformed_.fetch_add(1) == 0) {
    logger_.Warning("ignored a message from Redis; further ones are only counted",
                    {{"channel", channel}, {"error", std::string(event.status().message())}});
  }
}

}  // namespace aifx::events
