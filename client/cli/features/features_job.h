#ifndef AIFX_CLIENT_CLI_FEATURES_FEATURES_JOB_H_
#define AIFX_CLIENT_CLI_FEATURES_FEATURES_JOB_H_

#include <string>
#include <vector>

#include "client/cli/features/features_progress.h"
#include "client/cli/features/features_report.h"
#include "core/base/clock.h"

namespace aifx::cli {

struct FeaturesJobDeps {
  market::CandleHistory& source;
  std::string source_url;  // for the metadata
  base::Clock& clock;
  FeaturesProgress& progress;
};

// Makes the files of one series: surveys it and, unless `dry_run`, writes it into
// plan.out/key.FolderName(), which is there whole or not at all. Replaces a folder that the job
// made before; FailedPrecondition where another is in the way.
SeriesResult MakeSeriesFiles(const FeaturesPlan& plan, const SeriesKey& key, bool dry_run,
                             const FeaturesJobDeps& deps, const base::CallContext& context);

// The same for all series of the plan, one after another; tells of each that fails. Cancelled are
// all that an interruption leaves undone, those that were not begun too.
std::vector<SeriesResult> MakeAllSeriesFiles(const FeaturesPlan& plan, bool dry_run,
                                             const FeaturesJobDeps& deps, Console& console,
                                             const base::CallContext& context);

// Runs the job for all series of the command line. The exit code.
int RunFeatures(const FeaturesOptions& options, Console& console);

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_FEATURES_FEATURES_JOB_H_
