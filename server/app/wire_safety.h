#ifndef AIFX_SERVER_APP_WIRE_SAFETY_H_
#define AIFX_SERVER_APP_WIRE_SAFETY_H_

#include <grpcpp/security/server_credentials.h>

#include <memory>

#include "absl/status/statusor.h"
#include "core/base/log.h"
#include "server/config/server_config.h"
#include "server/rpc/authorizer.h"

// Who may reach the server, and how (docs/security.md).
namespace aifx::app {

// Warns of what the configuration allows and an operator may not have meant: strangers that reach
// the server, tokens in plaintext, no key for the backend.
void WarnOfRisks(const config::ServerConfig& config, base::Logger& logger);

// Null where the server has no TLS. The error names the file that cannot be used; a certificate
// that expires within two weeks is warned of.
absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> CredentialsOf(const config::TlsConfig& tls,
                                                                       base::Logger& logger);

// Lets everyone do everything where there is no file of tokens. `logger` outlives the result.
absl::StatusOr<std::unique_ptr<rpc::Authorizer>> OpenAuthorizer(const config::AuthConfig& auth,
                                                                base::Logger& logger);

}  // namespace aifx::app

#endif  // AIFX_SERVER_APP_WIRE_SAFETY_H_
