#include "server/app/candle_events.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "client/events/polling_candle_events.h"
#include "client/events/redis_candle_events.h"
#include "client/events/redis_url.h"
#include "client/http/retry.h"

namespace aifx::app {

absl::StatusOr<std::unique_ptr<records::CandleEvents>> OpenCandleEvents(
    const config::EventsConfig& config, market::CandleSource& source, base::Clock& clock,
    base::Logger& logger) {
  if (config.redis_url.empty()) {
    return std::make_unique<events::PollingCandleEvents>(
        source, clock, events::CandlePoller::Options{.lag = config.poll_lag});
  }
  auto target = events::ParseRedisUrl(config.redis_url);
  if (!target.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("REDIS_URL / events.redis_url: ", target.status().message()));
  }
  return std::make_unique<events::RedisCandleEvents>(
      events::RedisCandleEvents::Options{.target = *std::move(target)},
      events::RedisDeps{.clock = clock, .logger = logger, .uniform = http::SystemUniform()});
}

}  // namespace aifx::app
