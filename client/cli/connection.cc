#include "client/cli/connection.h"

#include <CLI/CLI.hpp>
#include <chrono>

namespace aifx::cli {

void AddServerOptions(CLI::App& command, ServerOptions* options) {
  command.add_option("--server", options->address, "Server to ask")
      ->type_name("HOST:PORT")
      ->envname("AIFX_SERVER")
      ->capture_default_str();
  command.add_option("--timeout", options->timeout_seconds, "Longest wait for one answer")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.001, 3600.0))
      ->capture_default_str();
}

std::shared_ptr<grpc::Channel> Connect(const ServerOptions& options) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  // The largest answers are pages of records: far below this.
  arguments.SetMaxReceiveMessageSize(16 << 20);
  return grpc::CreateCustomChannel(options.address, grpc::InsecureChannelCredentials(), arguments);
}

grpc::Status Call(const ServerOptions& options,
                  const std::function<grpc::Status(grpc::ClientContext*)>& call) {
  grpc::ClientContext context;
  context.set_deadline(
      std::chrono::system_clock::now() +
      std::chrono::microseconds(static_cast<int64_t>(options.timeout_seconds * 1e6)));
  return call(&context);
}

}  // namespace aifx::cli
