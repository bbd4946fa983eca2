#ifndef AIFX_CLIENT_CLI_CONNECTION_H_
#define AIFX_CLIENT_CLI_CONNECTION_H_

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <string>

namespace CLI {
class App;
}

namespace aifx::cli {

// Where the server is and how long one call may take.
struct ServerOptions {
  std::string address = "127.0.0.1:50051";
  double timeout_seconds = 30;
  bool tls = false;
  // Contents of PEM files. Empty authority: the system's; empty certificate: none is shown.
  std::string authority, certificate, key;
  std::string token;  // a secret; empty: none is shown
};

// Adds --server (environment AIFX_SERVER), --timeout, and what a server that is not open to
// everybody asks for: --tls, --tls-ca, --tls-cert, --tls-key (AIFX_TLS, AIFX_TLS_CA, ...) and
// --token-file (AIFX_TOKEN_FILE; or AIFX_TOKEN with the token itself).
void AddServerOptions(CLI::App& command, ServerOptions* options);

// A channel of its own to the server, never through a proxy of the environment.
// Connects when it is first used.
std::shared_ptr<grpc::Channel> Connect(const ServerOptions& options);

// Makes one blocking call with the options' deadline and token.
grpc::Status Call(const ServerOptions& options,
                  const std::function<grpc::Status(grpc::ClientContext*)>& call);

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_CONNECTION_H_
