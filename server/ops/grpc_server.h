#ifndef AIFX_SERVER_OPS_GRPC_SERVER_H_
#define AIFX_SERVER_OPS_GRPC_SERVER_H_

#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace aifx::ops {

struct GrpcServerOptions {
  std::string host = "127.0.0.1";
  int port = 0;  // 0: a free one
  int64_t receive_bytes = 16 << 20;
  int64_t metadata_bytes = 8 << 10;
  int streams_per_connection = 128;
  absl::Duration handshake_timeout = absl::Seconds(5);
  absl::Duration connection_idle = absl::Minutes(5);
  absl::Duration connection_age = absl::Minutes(30);
  absl::Duration connection_age_grace = absl::Seconds(30);
  absl::Duration keepalive_time = absl::Seconds(60);
  absl::Duration keepalive_timeout = absl::Seconds(10);
  absl::Duration min_ping_interval = absl::Seconds(10);
};

struct GrpcServer {
  std::unique_ptr<grpc::Server> server;
  int port = 0;  // the one that it listens on
};

// Starts a plaintext server with reflection over `services`, which outlive it. Unavailable where
// the address cannot be served, such as a port that another process holds.
absl::StatusOr<GrpcServer> StartGrpcServer(const GrpcServerOptions& options,
                                           const std::vector<grpc::Service*>& services);

}  // namespace aifx::ops

#endif  // AIFX_SERVER_OPS_GRPC_SERVER_H_
