#ifndef AIFX_CLIENT_CLI_FEATURES_FEATURE_FILES_H_
#define AIFX_CLIENT_CLI_FEATURES_FEATURE_FILES_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/features/feature_rows.h"
#include "client/cli/features/survey.h"

namespace aifx::cli {

struct WrittenFile {
  std::string name;
  uint64_t bytes = 0;
  std::string sha256;
};

// One part of a series, as it was written.
struct WrittenPart {
  int64_t rows = 0;
  std::optional<absl::Time> first, last;  // open times of its rows
  std::vector<WrittenFile> files;
};

struct WrittenSeries {
  std::array<WrittenPart, kParts> parts;
  DroppedRows dropped;

  int64_t rows() const { return parts[0].rows + parts[1].rows + parts[2].rows; }
};

// Reads a surveyed series again and writes the parts' files into `folder`, one part after another;
// memory does not grow with the series. Aborted where the source has other candles than before,
// FailedPrecondition where a part keeps no row, else as the source's or the file system's errors.
absl::StatusOr<WrittenSeries> WriteSeries(const FeaturesPlan& plan, const SeriesKey& key,
                                          const SeriesSurvey& survey, const std::string& folder,
                                          market::CandleHistory& source,
                                          const market::OnReadProgress& progress,
                                          const base::CallContext& context);

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_FEATURES_FEATURE_FILES_H_
