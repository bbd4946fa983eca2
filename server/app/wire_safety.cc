#include "server/app/wire_safety.h"

#include <utility>

#include "core/base/clock.h"
#include "core/base/files.h"
#include "core/base/status_macros.h"
#include "server/config/values.h"
#include "server/ops/tls.h"

namespace aifx::app {
namespace {

constexpr absl::Duration kExpiryWarning = absl::Hours(14 * 24);

}  // namespace

void WarnOfRisks(const config::ServerConfig& config, base::Logger& logger) {
  if (!config::IsLoopbackHost(config.listen.host) && !config.tls.AsksForCertificates()) {
    logger.Warning(config.tls.Enabled()
                       ? "serving beyond loopback without client certificates: anyone on the "
                         "network can take up connections"
                       : "serving in plaintext beyond loopback: anyone on the network can call",
                   {{"listen", config.listen.Address()}});
  }
  if (!config.auth.tokens_file.empty() && !config.tls.Enabled() &&
      !config::IsLoopbackHost(config.listen.host)) {
    logger.Warning("tokens travel in plaintext: anyone on the way can read them");
  }
  if (config.backend.api_key.empty()) {
    logger.Warning("ML_ENGINE_API_KEY is not set: the backend will refuse every call",
                   {{"backend", config.backend.url}});
  }
}

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> CredentialsOf(const config::TlsConfig& tls,
                                                                       base::Logger& logger) {
  if (!tls.Enabled()) return std::shared_ptr<grpc::ServerCredentials>();
  const absl::Time now = base::SystemClock().Now();
  AIFX_ASSIGN_OR_RETURN(ops::TlsCredentials made,
                        ops::ServerTlsCredentials({.certificate = tls.certificate,
                                                   .key = tls.key,
                                                   .client_ca = tls.client_ca,
                                                   .reload_interval = tls.reload_interval},
                                                  now));
  if (made.expires < now + kExpiryWarning) {
    logger.Warning("the server's certificate expires soon: renew it",
                   {{"file", tls.certificate}, {"expires", absl::FormatTime(made.expires)}});
  }
  return std::move(made.credentials);
}

absl::StatusOr<std::unique_ptr<rpc::Authorizer>> OpenAuthorizer(const config::AuthConfig& auth,
                                                                base::Logger& logger) {
  if (auth.tokens_file.empty()) return std::make_unique<rpc::Authorizer>();
  const auto read = [](const std::string& path) { return base::ReadFile(path, 1 << 20); };
  return rpc::Authorizer::Open(auth.tokens_file, read, logger);
}

}  // namespace aifx::app
