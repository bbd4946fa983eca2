#ifndef AIFX_SERVER_OPS_GRPC_SERVER_H_
#define AIFX_SERVER_OPS_GRPC_SERVER_H_

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/ops/connection_acceptor.h"

namespace aifx::ops {

struct GrpcServerOptions {
  std::string host = "127.0.0.1";
  int port = 0;  // 0: a free one
  int64_t receive_bytes = 16 << 20;
  int64_t metadata_bytes = 8 << 10;
  int streams_per_connection = 128;
  int max_connections = 1024;  // open at once; more are closed as they come
  absl::Duration handshake_timeout = absl::Seconds(5);
  absl::Duration connection_idle = absl::Minutes(5);
  absl::Duration connection_age = absl::Minutes(30);
  absl::Duration connection_age_grace = absl::Seconds(30);
  absl::Duration keepalive_time = absl::Seconds(60);
  absl::Duration keepalive_timeout = absl::Seconds(10);
  absl::Duration min_ping_interval = absl::Seconds(10);
  std::shared_ptr<grpc::ServerCredentials> credentials;  // null: plaintext
};

// A gRPC server and what accepts its connections. Ends them when destroyed.
struct GrpcServer {
  std::unique_ptr<grpc::Server> server;
  std::unique_ptr<ConnectionAcceptor> connections;
  int port = 0;  // the one that it listens on

  GrpcServer() = default;
  GrpcServer(GrpcServer&&) = default;
  GrpcServer& operator=(GrpcServer&&) = default;
  ~GrpcServer();

  // Takes no more connections, then ends the server: calls that run may go on until `deadline`.
  void Shutdown(std::chrono::system_clock::time_point deadline);
};

// Starts a server with reflection over `services`, which outlive it. Unavailable where the address
// cannot be served, such as a port that another process holds.
absl::StatusOr<GrpcServer> StartGrpcServer(const GrpcServerOptions& options,
                                           const std::vector<grpc::Service*>& services);

}  // namespace aifx::ops

#endif  // AIFX_SERVER_OPS_GRPC_SERVER_H_
