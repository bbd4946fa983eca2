#ifndef AIFX_CLIENT_CLI_FEATURES_FEATURES_REPORT_H_
#define AIFX_CLIENT_CLI_FEATURES_FEATURES_REPORT_H_

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "client/cli/features/feature_files.h"

namespace aifx::cli {

// What came of one series.
struct SeriesResult {
  SeriesKey key;
  absl::Status status;                   // OutOfRange: too little data yet
  std::optional<SeriesSurvey> survey;    // where it got so far
  std::optional<WrittenSeries> written;  // absent in a dry run
  std::string folder;                    // of its files; empty in a dry run
};

// What came of the job: a table, or an object. Series that failed are left out of the table: what
// happened to them has been told.
std::string FeaturesText(const FeaturesPlan& plan, const std::vector<SeriesResult>& results,
                         bool dry_run, bool colour);
nlohmann::json FeaturesJson(const FeaturesPlan& plan, const std::vector<SeriesResult>& results,
                            bool dry_run);

// The job's exit code: kFailed where any series failed, kTooLittleData where all are too short,
// else kDone.
int FeaturesExitCode(const std::vector<SeriesResult>& results);

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_FEATURES_FEATURES_REPORT_H_
