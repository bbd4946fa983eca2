#ifndef AIFX_CLIENT_COLLECT_SERIES_READER_H_
#define AIFX_CLIENT_COLLECT_SERIES_READER_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/collect/series_config.h"
#include "core/macro/macro_record.h"

namespace aifx::collect {

struct SeriesData {
  // Ascending by date, country, indicator, release; each once.
  std::vector<macro::FundamentalRecord> records;
  int64_t rows = 0;
  int64_t missing = 0;                            // rows without a value
  int64_t duplicates = 0;                         // rows that told of a release again
  std::map<std::string, int64_t> unknown_series;  // rows of series that the configuration lacks
};

// The record of a value: `released_at` where it is known, else estimated by the series' lag, which
// the record's source then says. `origin` is where the value comes from, such as "FRED".
macro::FundamentalRecord RecordOf(const SeriesSpec& spec, absl::string_view origin, absl::Time date,
                                  double value, std::optional<absl::Time> released_at);

// Sorts the records and leaves out repeated ones; of two for one release the later one stays.
void Deduplicate(SeriesData& data);

// Reads values from CSV or JSON (ParseRows) with the fields series, reference_date (or date), value
// (empty or `.`: missing) and, where it has it, released_at. `name` is how messages call the text,
// `origin` what its records say. InvalidArgument naming place, field and text of everything that is
// wrong.
absl::StatusOr<SeriesData> ParseSeries(absl::string_view text, absl::string_view name,
                                       absl::string_view origin,
                                       const std::vector<SeriesSpec>& specs);

}  // namespace aifx::collect

#endif  // AIFX_CLIENT_COLLECT_SERIES_READER_H_
