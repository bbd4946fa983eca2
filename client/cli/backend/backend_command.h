#ifndef AIFX_CLIENT_CLI_BACKEND_BACKEND_COMMAND_H_
#define AIFX_CLIENT_CLI_BACKEND_BACKEND_COMMAND_H_

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "client/backend/backend_client.h"
#include "client/cli/commands.h"
#include "client/cli/training_backend.h"
#include "core/market/currency_pair.h"

namespace CLI {
class App;
}

namespace aifx::cli {

// Options of every `aifx backend` command; each adds its own by deriving from it.
struct BackendCommand {
  BackendOptions backend;
  double timeout_seconds = 30;
  bool json = false;
};

// An answer in both of its forms; one of them is written.
struct Shown {
  nlohmann::json json;  // members are named as on the wire, numbers are numbers
  std::string text;     // ends with a newline
};

// What a command may use.
struct BackendCall {
  backend::BackendClient& client;
  const base::CallContext& context;  // with the command's time limit
  absl::Time now;
  bool colour = false;  // whether the text is painted
};

// Calls the backend for one command.
template <typename Command>
using ShowFunction = absl::StatusOr<Shown> (*)(const Command& command, const BackendCall& call);

// Adds --backend-url, --api-key-file, --timeout and --json.
void AddBackendCommandOptions(CLI::App& app, BackendCommand* command);

// Opens the backend, calls `show` within the time limit and writes what it returns, or why it
// failed. Returns the exit code.
int RunBackendCommand(const std::string& name, const BackendCommand& command, Console& console,
                      const std::function<absl::StatusOr<Shown>(const BackendCall& call)>& show);

// Sets `invocation` to run the command where `app` is called.
void RunWhenCalled(CLI::App& app, Invocation& invocation, std::function<int(Console&)> run);

// Declares what `app` runs: the options that all commands have, and `show`.
template <typename Command>
void FinishBackendCommand(CLI::App& app, const std::string& name, std::shared_ptr<Command> command,
                          ShowFunction<Command> show, Invocation& invocation) {
  AddBackendCommandOptions(app, command.get());
  RunWhenCalled(app, invocation, [name, command, show](Console& console) {
    return RunBackendCommand(name, *command, console,
                             [&](const BackendCall& call) { return show(*command, call); });
  });
}

// The option's value; absent where its text is empty. InvalidArgument names the option.
absl::StatusOr<std::optional<absl::Time>> TimeOption(absl::string_view option,
                                                     const std::string& text);
absl::StatusOr<std::optional<market::CurrencyPair>> PairOption(const std::string& text);

// "20 of 312", and how many of the rows received made no sense, if any.
std::string CountLine(size_t shown, int64_t total, int64_t skipped, bool colour);

// Adds the member where there is a value; times as on the wire.
void PutJson(nlohmann::json& object, const char* key, const std::optional<double>& value);
void PutJson(nlohmann::json& object, const char* key, const std::optional<absl::Time>& value);
void PutJson(nlohmann::json& object, const char* key, const std::string& value);

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_BACKEND_BACKEND_COMMAND_H_
