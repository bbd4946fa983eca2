// aifx features: what the models see, as files.
#include <CLI/CLI.hpp>

#include "client/cli/commands.h"
#include "client/cli/features_compute.h"

namespace aifx::cli {

void AddFeatures(CLI::App& app, Invocation& invocation) {
  CLI::App* features = app.add_subcommand("features", "Compute features of candles");
  features->require_subcommand(1);
  AddFeaturesCompute(*features, invocation);
}

}  // namespace aifx::cli
