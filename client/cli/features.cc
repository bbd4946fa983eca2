// aifx features: what the models see, as files.
#include <CLI/CLI.hpp>
#include <memory>

#include "client/cli/commands.h"
#include "client/cli/features/features_job.h"
#include "client/cli/features_compute.h"

namespace aifx::cli {

void AddFeatures(CLI::App& app, Invocation& invocation) {
  auto options = std::make_shared<FeaturesOptions>();
  CLI::App* features = app.add_subcommand(
      "features", "Write the features of the backend's candles to files, split by time");
  AddFeaturesOptions(*features, options.get());
  features->require_subcommand(0, 1);
  AddFeaturesCompute(*features, invocation);
  features->callback([options, features, &invocation] {
    // Runs behind the callback of a subcommand too, which has said then what is to be done.
    if (!features->get_subcommands().empty()) return;
    invocation.run = [options, &invocation] { return RunFeatures(*options, invocation.console); };
  });
}

}  // namespace aifx::cli
