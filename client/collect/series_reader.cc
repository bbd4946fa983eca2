#include "client/collect/series_reader.h"

#include <cmath>
#include <optional>
#include <tuple>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "client/collect/source_rows.h"
#include "core/base/status_macros.h"

namespace aifx::collect {
namespace {

using macro::FundamentalRecord;

auto KeyOf(const FundamentalRecord& record) {
  return std::make_tuple(record.date, record.country, record.indicator, record.released_at);
}

const SeriesSpec* Find(const std::vector<SeriesSpec>& specs, absl::string_view id) {
  for (const SeriesSpec& spec : specs) {
    if (spec.id == id) return &spec;
  }
  return nullptr;
}

// The record of a row; nothing where it has no value or something is wrong with it.
std::optional<FundamentalRecord> ReadRecord(const SourceRow& row, const SeriesSpec& spec,
                                            absl::string_view origin, Problems& problems) {
  const absl::string_view date_text = row.Text({"reference_date", "date"});
  const absl::StatusOr<SourceTime> date = ParseSourceTime(date_text);
  if (!date.ok() || date->has_hour) {
    problems.Add(row.Wrong("reference_date", date_text, "is not a date such as 2015-03-01"));
    return std::nullopt;
  }
  const absl::string_view value_text = row.Text({"value"});
  if (value_text.empty() || value_text == ".") return std::nullopt;
  double value = 0;
  if (!absl::SimpleAtod(value_text, &value) || !std::isfinite(value)) {
    problems.Add(row.Wrong("value", value_text, "is not a number"));
    return std::nullopt;
  }
  std::optional<absl::Time> released_at;
  if (const absl::string_view text = row.Text({"released_at", "releasedat"}); !text.empty()) {
    const absl::StatusOr<SourceTime> released = ParseSourceTime(text);
    if (!released.ok()) {
      problems.Add(row.Wrong("released_at", text, released.status().message()));
      return std::nullopt;
    }
    released_at = released->time;
  }
  return RecordOf(spec, origin, date->time, value, released_at);
}

}  // namespace

FundamentalRecord RecordOf(const SeriesSpec& spec, absl::string_view origin, absl::Time date,
                           double value, std::optional<absl::Time> released_at) {
  FundamentalRecord record;
  record.date = date;
  record.country = spec.country;
  record.indicator = spec.indicator;
  record.value = value;
  record.unit = spec.unit;
  record.source = absl::StrCat(origin, ":", spec.id);
  if (!released_at.has_value()) {
    released_at = macro::EstimatedRelease(date, spec.lag);
    record.source += " (release estimated)";
  }
  record.released_at = released_at;
  return record;
}

void Deduplicate(SeriesData& data) {
  std::map<decltype(KeyOf(data.records[0])), FundamentalRecord> unique;
  for (FundamentalRecord& record : data.records) {
    unique.insert_or_assign(KeyOf(record), std::move(record));
  }
  data.duplicates += static_cast<int64_t>(data.records.size() - unique.size());
  data.records.clear();
  for (auto& [key, record] : unique) data.records.push_back(std::move(record));
}

absl::StatusOr<SeriesData> ParseSeries(absl::string_view text, absl::string_view name,
                                       absl::string_view origin,
                                       const std::vector<SeriesSpec>& specs) {
  AIFX_ASSIGN_OR_RETURN(const std::vector<SourceRow> rows, ParseRows(text, name));
  SeriesData data;
  data.rows = static_cast<int64_t>(rows.size());
  Problems problems;
  for (const SourceRow& row : rows) {
    const absl::string_view id = row.Text({"series"});
    if (id.empty()) {
      problems.Add(row.Wrong("series", id, "is empty"));
      continue;
    }
    const SeriesSpec* spec = Find(specs, id);
    if (spec == nullptr) {
      ++data.unknown_series[std::string(id)];
      continue;
    }
    std::optional<FundamentalRecord> record = ReadRecord(row, *spec, origin, problems);
    if (record.has_value()) {
      data.records.push_back(*std::move(record));
    } else {
      ++data.missing;
    }
  }
  AIFX_RETURN_IF_ERROR(problems.ToStatus());
  Deduplicate(data);
  return data;
}

}  // namespace aifx::collect
