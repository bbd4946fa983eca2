#include "server/ops/grpc_server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>

#include <utility>

#include "core/base/status_macros.h"

namespace aifx::ops {
namespace {

int Milliseconds(absl::Duration duration) {
  return static_cast<int>(absl::ToInt64Milliseconds(duration));
}

void AddLimits(const GrpcServerOptions& options, grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(static_cast<int>(options.receive_bytes));
  const std::pair<const char*, int> arguments[] = {
      {GRPC_ARG_MAX_METADATA_SIZE, static_cast<int>(options.metadata_bytes)},
      {GRPC_ARG_MAX_CONCURRENT_STREAMS, options.streams_per_connection},
      {GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, Milliseconds(options.handshake_timeout)},
      {GRPC_ARG_MAX_CONNECTION_IDLE_MS, Milliseconds(options.connection_idle)},
      {GRPC_ARG_MAX_CONNECTION_AGE_MS, Milliseconds(options.connection_age)},
      {GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, Milliseconds(options.connection_age_grace)},
      {GRPC_ARG_KEEPALIVE_TIME_MS, Milliseconds(options.keepalive_time)},
      {GRPC_ARG_KEEPALIVE_TIMEOUT_MS, Milliseconds(options.keepalive_timeout)},
      {GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1},
      {GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
       Milliseconds(options.min_ping_interval)},
  };
  for (const auto& [name, value] : arguments) builder.AddChannelArgument(name, value);
}

}  // namespace

GrpcServer::~GrpcServer() {
  if (server != nullptr) Shutdown(std::chrono::system_clock::now());
}

void GrpcServer::Shutdown(std::chrono::system_clock::time_point deadline) {
  if (connections != nullptr) connections->Stop();
  server->Shutdown(deadline);
}

absl::StatusOr<GrpcServer> StartGrpcServer(const GrpcServerOptions& options,
                                           const std::vector<grpc::Service*>& services) {
  GrpcServer started;
  AIFX_ASSIGN_OR_RETURN(started.connections,
                        ConnectionAcceptor::Listen({.host = options.host,
                                                    .port = options.port,
                                                    .max_connections = options.max_connections}));
  started.port = started.connections->port();
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  AddLimits(options, builder);
  auto acceptor = builder.experimental().AddExternalConnectionAcceptor(
      grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD,
      options.credentials != nullptr ? options.credentials : grpc::InsecureServerCredentials());
  for (grpc::Service* service : services) builder.RegisterService(service);
  started.server = builder.BuildAndStart();
  if (started.server == nullptr) {
    return absl::InternalError("gRPC does not start; its own log lines say why");
  }
  started.connections->Start(std::move(acceptor));
  return started;
}

}  // namespace aifx::ops
