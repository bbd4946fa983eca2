#ifndef AIFX_SERVER_APP_CANDLE_EVENTS_H_
#define AIFX_SERVER_APP_CANDLE_EVENTS_H_

#include <memory>

#include "absl/status/statusor.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/market/candle_source.h"
#include "core/records/candle_events.h"
#include "server/config/server_config.h"

namespace aifx::app {

// Where the server learns of new candles: Redis where it is configured, else by asking `source`
// around each close. InvalidArgument for a Redis URL that is none (the URL is not repeated: it may
// hold a password); does not connect. The arguments outlive it.
absl::StatusOr<std::unique_ptr<records::CandleEvents>> OpenCandleEvents(
    const config::EventsConfig& config, market::CandleSource& source, base::Clock& clock,
    base::Logger& logger);

}  // namespace aifx::app

#endif  // AIFX_SERVER_APP_CANDLE_EVENTS_H_
