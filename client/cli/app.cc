#include "client/cli/app.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>

#include "client/cli/commands.h"
#include "client/cli/version.h"

namespace aifx::cli {
namespace {

constexpr char kFooter[] = R"(
Exit codes
  0   done; `aifx health`: SERVING
  1   failed, or refused by the server; training: also a registration that is pending
  2   wrong usage, or a request with a wrong value
  3   the server, or the backend behind it, does not answer in time
  75  training, features, dataset: too little data yet; collecting: nothing to collect

Environment
  AIFX_SERVER          HOST:PORT of the server
  BACKEND_API_URL      URL of the backend (`aifx train`, `aifx features` and others)
  ML_ENGINE_API_KEY    its key, or ML_ENGINE_API_KEY_FILE, a file that holds it
  FRED_API_KEY         key for `aifx collect fundamentals fred`
  REDIS_URL            Redis that is told of trainings; may hold a password
  NO_COLOR             set: no colours

`aifx COMMAND --help` describes a command.)";

// CLI11 would only say that a subcommand is missing.
bool IsUnknownCommand(const CLI::App& app, const std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments[0].empty() || arguments[0][0] == '-') return false;
  const auto commands = app.get_subcommands([](const CLI::App*) { return true; });
  return std::none_of(commands.begin(), commands.end(),
                      [&](const CLI::App* command) { return command->get_name() == arguments[0]; });
}

int Parse(CLI::App& app, const std::vector<std::string>& arguments, Console& console) {
  try {
    // CLI11 takes them last first.
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ParseError& error) {
    const bool is_answer = error.get_exit_code() == 0;  // --help, --version
    app.exit(error, console.out, console.err);
    return is_answer ? kDone : kUsage;
  }
  return -1;
}

int RunUnguarded(const std::vector<std::string>& arguments, Console& console) {
  CLI::App app("Trading signals of the aifx engine on the command line.", "aifx");
  app.set_version_flag("--version", VersionText());
  app.require_subcommand(1);
  app.footer(kFooter);
  app.failure_message(CLI::FailureMessage::simple);
  Invocation invocation{console, {}};
  AddPredict(app, invocation);
  AddExplain(app, invocation);
  AddReplay(app, invocation);
  AddOutcome(app, invocation);
  AddAccuracy(app, invocation);
  AddPredictions(app, invocation);
  AddModels(app, invocation);
  AddKillSwitch(app, invocation);
  AddExperiments(app, invocation);
  AddOutbox(app, invocation);
  AddHealth(app, invocation);
  AddTrain(app, invocation);
  AddData(app, invocation);
  AddCollect(app, invocation);
  AddBackend(app, invocation);
  AddFeatures(app, invocation);
  AddDataset(app, invocation);
  if (IsUnknownCommand(app, arguments)) {
    console.err << "aifx: unknown command '" << arguments[0] << "'; `aifx --help` lists them\n";
    return kUsage;
  }
  if (const int exit_code = Parse(app, arguments, console); exit_code >= 0) return exit_code;
  return invocation.run();
}

}  // namespace

int RunCli(const std::vector<std::string>& arguments, Console& console) {
  try {
    return RunUnguarded(arguments, console);
  } catch (const std::exception& error) {
    console.err << "aifx: unexpected failure: " << error.what() << "\n";
  } catch (...) {
    console.err << "aifx: unexpected failure\n";
  }
  return kFailed;
}

}  // namespace aifx::cli
