#include "client/cli/backend/backend_command.h"

#include <CLI/CLI.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/backend/values.h"
#include "client/cli/errors.h"
#include "client/cli/words.h"
#include "core/base/ids.h"
#include "core/base/status_macros.h"

namespace aifx::cli {

void AddBackendCommandOptions(CLI::App& app, BackendCommand* command) {
  AddBackendOptions(app, &command->backend);
  app.add_option("--timeout", command->timeout_seconds, "Longest wait for the whole answer")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.001, 3600.0))
      ->capture_default_str();
  app.add_flag("--json", command->json, "Write the answer as one line of JSON");
}

void RunWhenCalled(CLI::App& app, Invocation& invocation, std::function<int(Console&)> run) {
  app.callback([&invocation, run = std::move(run)] {
    invocation.run = [&invocation, run] { return run(invocation.console); };
  });
}

int RunBackendCommand(const std::string& name, const BackendCommand& command, Console& console,
                      const std::function<absl::StatusOr<Shown>(const BackendCall& call)>& show) {
  const std::string what = absl::StrCat("backend ", name);
  const auto opened = TrainingBackend::Open(command.backend, console);
  if (!opened.ok()) return ReportError(what, opened.status(), console);
  const absl::Time now = console.clock.Now();
  const base::CallContext context{.deadline = now + absl::Seconds(command.timeout_seconds),
                                  .request_id = base::NewUuid()};
  const absl::StatusOr<Shown> shown = show({.client = (*opened)->client(),
                                            .context = context,
                                            .now = now,
                                            .colour = console.colour_out});
  if (!shown.ok()) return ReportError(what, shown.status(), console);
  console.out << (command.json
                      ? shown->json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) +
                            "\n"
                      : shown->text);
  return kDone;
}

absl::StatusOr<std::optional<absl::Time>> TimeOption(absl::string_view option,
                                                     const std::string& text) {
  if (text.empty()) return std::nullopt;
  const absl::StatusOr<absl::Time> time = ParseTimeWord(text);
  if (time.ok()) return *time;
  return absl::InvalidArgumentError(absl::StrCat(option, ": ", time.status().message()));
}

absl::StatusOr<std::optional<market::CurrencyPair>> PairOption(const std::string& text) {
  if (text.empty()) return std::nullopt;
  AIFX_ASSIGN_OR_RETURN(market::CurrencyPair pair, market::CurrencyPair::Parse(text));
  return pair;
}

std::string CountLine(size_t shown, int64_t total, int64_t skipped, bool colour) {
  std::string line = absl::StrCat(shown, " of ", total);
  if (skipped > 0) {
    absl::StrAppend(&line, ", ",
                    Paint(absl::StrCat(skipped, " left out: the backend's rows make no sense"),
                          Tone::kCaution, colour));
  }
  return line + "\n";
}

void PutJson(nlohmann::json& object, const char* key, const std::optional<double>& value) {
  if (value.has_value()) object[key] = *value;
}

void PutJson(nlohmann::json& object, const char* key, const std::optional<absl::Time>& value) {
  if (value.has_value()) object[key] = backend::FormatTimestamp(*value);
}

void PutJson(nlohmann::json& object, const char* key, const std::string& value) {
  if (!value.empty()) object[key] = value;
}

}  // namespace aifx::cli
