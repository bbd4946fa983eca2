#include "server/ops/grpc_server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>

#include "absl/strings/str_cat.h"

namespace aifx::ops {
namespace {

int Milliseconds(absl::Duration duration) {
  return static_cast<int>(absl::ToInt64Milliseconds(duration));
}

void AddLimits(const GrpcServerOptions& options, grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(static_cast<int>(options.receive_bytes));
  const std::pair<const char*, int> arguments[] = {
      // Otherwise two servers share a port silently.
      {GRPC_ARG_ALLOW_REUSEPORT, 0},
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

absl::StatusOr<GrpcServer> StartGrpcServer(const GrpcServerOptions& options,
                                           const std::vector<grpc::Service*>& services) {
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  const bool brackets = options.host.find(':') != std::string::npos;
  const std::string address =
      absl::StrCat(brackets ? "[" : "", options.host, brackets ? "]" : "", ":", options.port);
  grpc::ServerBuilder builder;
  AddLimits(options, builder);
  GrpcServer started;
  builder.AddListeningPort(address, grpc::InsecureServerCredentials(), &started.port);
  for (grpc::Service* service : services) builder.RegisterService(service);
  started.server = builder.BuildAndStart();
  if (started.server == nullptr || started.port == 0) {
    return absl::UnavailableError(
        absl::StrCat("cannot listen on ", address,
                     ": the port is taken (another server?) or the address is not of this host"));
  }
  return started;
}

}  // namespace aifx::ops
