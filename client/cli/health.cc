// aifx health: whether the server serves; what a container's health check runs.
#include <CLI/CLI.hpp>
#include <memory>

#include "absl/strings/str_cat.h"
#include "client/cli/commands.h"
#include "client/cli/connection.h"
#include "client/cli/errors.h"
#include "client/cli/json_output.h"
#include "grpc/health/v1/health.grpc.pb.h"

namespace aifx::cli {
namespace {

namespace health = ::grpc::health::v1;

struct HealthCommand {
  std::string service;
  bool json = false;
  ServerOptions server{.timeout_seconds = 3};
};

// A process of its own opens a connection of its own: it notices a listener that is stuck while
// connections from before go on working.
int Check(const HealthCommand& command, Console& console) {
  health::HealthCheckRequest request;
  request.set_service(command.service);
  health::HealthCheckResponse response;
  const auto stub = health::Health::NewStub(Connect(command.server));
  const grpc::Status status = Call(command.server, [&](grpc::ClientContext* context) {
    return stub->Check(context, request, &response);
  });
  if (!status.ok()) {
    ReportError(absl::StrCat("health of ", command.server.address), status, command.server,
                console);
    return kFailed;  // a container's health check knows no other code
  }
  const bool serving = response.status() == health::HealthCheckResponse::SERVING;
  if (command.json) {
    console.out << ToJsonLine(response);
  } else {
    console.out << Paint(health::HealthCheckResponse::ServingStatus_Name(response.status()),
                         serving ? Tone::kGood : Tone::kBad, console.colour_out)
                << "\n";
  }
  return serving ? kDone : kFailed;
}

}  // namespace

void AddHealth(CLI::App& app, Invocation& invocation) {
  auto command = std::make_shared<HealthCommand>();
  CLI::App* sub =
      app.add_subcommand("health", "Exit with 0 only where the server serves, else with 1");
  sub->add_option("--service", command->service,
                  "Such as aifx.ml.v1.PredictionService; default: the server as a whole")
      ->type_name("NAME");
  sub->add_flag("--json", command->json, "Write the answer as one line of JSON");
  AddServerOptions(*sub, &command->server);
  sub->callback([command, &invocation] {
    invocation.run = [command, &invocation] { return Check(*command, invocation.console); };
  });
}

}  // namespace aifx::cli
