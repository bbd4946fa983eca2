// aifx collect: the collectors of macro data.
#include <CLI/CLI.hpp>

#include "client/cli/collect/subcommands.h"
#include "client/cli/commands.h"

namespace aifx::cli {

void AddCollect(CLI::App& app, Invocation& invocation) {
  CLI::App* collect = app.add_subcommand("collect", "Collect macro data into the backend");
  collect->require_subcommand(1);
  AddCollectCalendar(*collect, invocation);
  AddCollectFundamentals(*collect, invocation);
}

}  // namespace aifx::cli
