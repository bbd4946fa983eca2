#include "client/cli/connection.h"

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdlib>

#include "absl/strings/ascii.h"
#include "core/base/files.h"

namespace aifx::cli {

namespace {

constexpr size_t kMaxFileBytes = 1 << 20;

// An option that names a file; `content` gets what is in it, without white space around.
void AddFileOption(CLI::App& command, const std::string& flag, const std::string& environment,
                   const std::string& help, std::string* content) {
  command
      .add_option_function<std::string>(
          flag,
          [flag, content](const std::string& path) {
            const auto read = base::ReadFile(path, kMaxFileBytes);
            if (!read.ok()) throw CLI::ValidationError(flag, std::string(read.status().message()));
            *content = std::string(absl::StripAsciiWhitespace(*read));
          },
          help)
      ->type_name("FILE")
      ->envname(environment);
}

}  // namespace

void AddServerOptions(CLI::App& command, ServerOptions* options) {
  command.add_option("--server", options->address, "Server to ask")
      ->type_name("HOST:PORT")
      ->envname("AIFX_SERVER")
      ->capture_default_str();
  command.add_option("--timeout", options->timeout_seconds, "Longest wait for one answer")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.001, 3600.0))
      ->capture_default_str();
  command.add_flag("--tls", options->tls, "Encrypt; implied by the other --tls options")
      ->envname("AIFX_TLS");
  AddFileOption(command, "--tls-ca", "AIFX_TLS_CA",
                "Authority of the server's certificate (PEM; default: the system's)",
                &options->authority);
  AddFileOption(command, "--tls-cert", "AIFX_TLS_CERT", "Certificate to show (PEM)",
                &options->certificate);
  AddFileOption(command, "--tls-key", "AIFX_TLS_KEY", "Its private key (PEM)", &options->key);
  AddFileOption(command, "--token-file", "AIFX_TOKEN_FILE",
                "Token to show; or set AIFX_TOKEN to the token", &options->token);
}

std::shared_ptr<grpc::Channel> Connect(const ServerOptions& options) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  // The largest answers are pages of records: far below this.
  arguments.SetMaxReceiveMessageSize(16 << 20);
  const bool tls = options.tls || !options.authority.empty() || !options.certificate.empty();
  const auto credentials =
      tls ? grpc::SslCredentials({options.authority, options.key, options.certificate})
          : grpc::InsecureChannelCredentials();
  return grpc::CreateCustomChannel(options.address, credentials, arguments);
}

grpc::Status Call(const ServerOptions& options,
                  const std::function<grpc::Status(grpc::ClientContext*)>& call) {
  grpc::ClientContext context;
  context.set_deadline(
      std::chrono::system_clock::now() +
      std::chrono::microseconds(static_cast<int64_t>(options.timeout_seconds * 1e6)));
  std::string token = options.token;
  if (const char* variable = std::getenv("AIFX_TOKEN"); token.empty() && variable != nullptr) {
    token = variable;
  }
  if (!token.empty()) context.AddMetadata("authorization", "Bearer " + token);
  return call(&context);
}

}  // namespace aifx::cli
