#include "server/app/backend_link.h"

#include <utility>

#include "core/base/clock.h"
#include "core/base/status_macros.h"
#include "server/app/app_options.h"
#include "server/app/candle_events.h"

namespace aifx::app {

absl::StatusOr<BackendLink> BackendLink::Open(const config::ServerConfig& config,
                                              base::Logger& logger) {
  BackendLink backend;
  AIFX_ASSIGN_OR_RETURN(
      backend.http, backend::MakeBackendHttp(config.backend.url, {}, base::SystemClock(), logger));
  backend::BackendConfig backend_config;
  backend_config.base_url = config.backend.url;
  backend_config.api_key = config.backend.api_key;
  AIFX_ASSIGN_OR_RETURN(
      backend.client, backend::BackendClient::Create(backend_config, backend.http->Dependencies()));
  backend_config.priority = http::Priority::kBackground;
  AIFX_ASSIGN_OR_RETURN(
      backend.background_client,
      backend::BackendClient::Create(std::move(backend_config), backend.http->Dependencies()));
  backend.delivery =
      std::make_unique<outbox::BackendDelivery>(*backend.background_client, base::SystemClock());
  AIFX_ASSIGN_OR_RETURN(backend.outbox, outbox::Outbox::Open(OutboxOptionsOf(config.outbox),
                                                             {.delivery = *backend.delivery,
                                                              .clock = base::SystemClock(),
                                                              .logger = logger,
                                                              .uniform = http::SystemUniform()}));
  AIFX_ASSIGN_OR_RETURN(backend.events, OpenCandleEvents(config.events, *backend.background_client,
                                                         base::SystemClock(), logger));
  return backend;
}

}  // namespace aifx::app
