#ifndef AIFX_SERVER_APP_BACKEND_LINK_H_
#define AIFX_SERVER_APP_BACKEND_LINK_H_

#include <memory>

#include "absl/status/statusor.h"
#include "client/backend/backend_client.h"
#include "client/backend/backend_http.h"
#include "client/outbox/backend_delivery.h"
#include "client/outbox/outbox.h"
#include "core/base/log.h"
#include "core/records/candle_events.h"
#include "server/config/server_config.h"

namespace aifx::app {

// How the server reaches the backend, at once and through the outbox. Members stand in the order
// of their dependence.
struct BackendLink {
  std::unique_ptr<backend::BackendHttp> http;
  std::unique_ptr<backend::BackendClient> client;
  // The outbox's: under a rate limit, callers who wait for an answer go first.
  std::unique_ptr<backend::BackendClient> background_client;
  std::unique_ptr<outbox::BackendDelivery> delivery;
  std::unique_ptr<outbox::Outbox> outbox;
  std::unique_ptr<records::CandleEvents> events;

  // Opens the outbox; the backend may be down. `logger` outlives the result. InvalidArgument for
  // the backend's settings; the outbox's error where its folder cannot be used (FailedPrecondition:
  // another process has it).
  static absl::StatusOr<BackendLink> Open(const config::ServerConfig& config, base::Logger& logger);
};

}  // namespace aifx::app

#endif  // AIFX_SERVER_APP_BACKEND_LINK_H_
