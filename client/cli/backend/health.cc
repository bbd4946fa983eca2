// aifx backend health: whether the backend answers.
#include <CLI/CLI.hpp>

#include "absl/strings/str_cat.h"
#include "client/cli/backend/backend_command.h"
#include "client/cli/backend/subcommands.h"
#include "core/base/status_macros.h"

namespace aifx::cli {
namespace {

absl::StatusOr<Shown> Show(const BackendCommand&, const BackendCall& call) {
  AIFX_ASSIGN_OR_RETURN(const backend::BackendHealth health, call.client.Health(call.context));
  Shown shown{.json = {{"status", health.status}}};
  PutJson(shown.json, "service", health.service);
  PutJson(shown.json, "timestamp", health.timestamp.value_or(""));
  const bool healthy = health.status == "healthy" || health.status == "ok";
  shown.text =
      absl::StrCat(Paint(health.status, healthy ? Tone::kGood : Tone::kCaution, call.colour),
                   health.service.empty() ? "" : absl::StrCat("  ", health.service),
                   health.timestamp.has_value() ? absl::StrCat("  ", *health.timestamp) : "", "\n");
  return shown;
}

}  // namespace

void AddBackendHealth(CLI::App& group, Invocation& invocation) {
  CLI::App* app = group.add_subcommand("health", "Ask the backend how it is");
  FinishBackendCommand(*app, "health", std::make_shared<BackendCommand>(), Show, invocation);
}

}  // namespace aifx::cli
