#include "core/dataset/dataset_json.h"

#include <algorithm>

#include "core/macro/column_set.h"
#include "core/macro/fundamental_columns.h"

namespace aifx::dataset {
namespace {

using nlohmann::json;

constexpr char kStandard[] = "standard";
constexpr char kWindowZScore[] = "window z-score";

std::string Text(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
}

json Names(absl::Span<const features::Column> columns) {
  json names = json::array();
  for (const features::Column& column : columns) names.push_back(column.name);
  return names;
}

json ScalerJson(const ColumnScaler& scaler, absl::Span<const features::Column> columns) {
  json result = {{"columns", Names(columns)}, {"fitted_rows", scaler.rows}};
  if (scaler.kind == Scaling::kStandard) {
    result["kind"] = kStandard;
    result["mean"] = scaler.offset;
    result["deviation"] = scaler.divisor;
  } else {
    result["kind"] = "min-max";
    result["min"] = scaler.offset;
    result["span"] = scaler.divisor;
  }
  return result;
}

// Windows that are scaled one by one: nothing is learned, and nothing can be undone.
json WindowScalerJson(absl::Span<const features::Column> columns) {
  return {{"columns", Names(columns)},
          {"kind", kWindowZScore},
          {"formula", "(x - mean) / (deviation + 1e-8) over each window's own candles"}};
}

absl::Span<const features::Column> ValueColumns() {
  return absl::MakeConstSpan(macro::FundamentalColumns().columns()).first(macro::kFirstMask);
}

json TechnicalJson(const DatasetSpec& spec) {
  return {{"set", spec.set->name()},
          {"hash", spec.set->hash()},
          {"columns", Names(spec.set->columns())},
          {"sequence", spec.sequence},
          {"scaler", spec.scales_windows() ? kWindowZScore : kStandard},
          {"memory", spec.set->memory()},
          {"recursive", spec.set->recursive()}};
}

json MacroJson(const macro::ColumnSet& set, absl::Span<const features::Column> columns) {
  return {{"set", set.name()}, {"hash", set.hash()}, {"columns", Names(columns)}};
}

json TargetsJson(const TargetRule& rule) {
  json targets = {{"horizon", rule.horizon_bars},
                  {"horizon_unit", "candles of the series: closed hours are skipped"}};
  if (rule.direction) targets["direction"] = {{"0", "down or equal"}, {"1", "up"}};
  if (rule.change) targets["return"] = "close[t + horizon] / close[t] - 1";
  if (rule.close) targets["close"] = "close[t + horizon]";
  if (rule.barrier) {
    targets["barrier"] = {{"0", "lower first"},
                          {"1", "neither, or both within one candle"},
                          {"2", "upper first"},
                          {"take_atr", rule.take_atr},
                          {"stop_atr", rule.stop_atr}};
  }
  return targets;
}

// How often each class occurs in a part, and the range of its times.
json PartJson(const Dataset& data, Part part) {
  const PartRows& rows = data.split().of(part);
  const auto row = [&](size_t i) -> const Row& { return data.rows()[rows.rows[i]]; };
  json result = {{"rows", rows.rows.size()},
                 {"purged", rows.purged},
                 {"embargoed", rows.embargoed},
                 {"from", Text(row(0).as_of)},
                 {"to", Text(row(rows.rows.size() - 1).as_of)}};
  std::vector<int64_t> directions(2), barriers(3);
  for (size_t i = 0; i < rows.rows.size(); ++i) {
    ++directions[static_cast<size_t>(row(i).target.direction)];
    ++barriers[static_cast<size_t>(row(i).target.touch.barrier)];
  }
  if (data.spec().targets.direction) result["direction_counts"] = directions;
  if (data.spec().targets.barrier) result["barrier_counts"] = barriers;
  return result;
}

json SplitsJson(const Dataset& data) {
  json splits;
  for (const Part part : kParts) splits[std::string(PartName(part))] = PartJson(data, part);
  const std::vector<absl::Time>& cuts = data.split().cuts;
  splits["train_until"] = Text(cuts[0]);
  splits["validation_until"] = Text(cuts[1]);
  if (cuts.size() < 3) return splits;
  splits["test_until"] = Text(cuts[2]);
  splits["embargo_candles"] = data.split().embargo_candles;
  splits["embargo_until"] = Text(data.split().embargo_until);
  return splits;
}

json LeftOutJson(const Dataset& data) {
  const LeftOut& left_out = data.left_out();
  json by_column = json::object();
  for (size_t c = 0; c < left_out.undefined_candles.size(); ++c) {
    if (left_out.undefined_candles[c] == 0) continue;
    by_column[data.spec().set->columns()[c].name] = left_out.undefined_candles[c];
  }
  return {{"without_target", left_out.without_target},
          {"undefined", left_out.undefined},
          {"undefined_candles_by_column", by_column}};
}

json GapsJson(const Dataset& data, const market::QualityReport& quality) {
  json listed = json::array();
  for (const market::Gap& gap : quality.gaps) {
    listed.push_back(
        {{"after", Text(gap.after)}, {"before", Text(gap.before)}, {"missing", gap.missing}});
  }
  return {{"count", quality.gap_count},
          {"missing_candles", quality.missing},
          {"first", listed},
          {"windows_over_gaps", data.over_gaps().windows},
          {"horizons_over_gaps", data.over_gaps().horizons}};
}

json OrNull(const std::string& text) { return text.empty() ? json() : json(text); }

}  // namespace

nlohmann::json ScalersJson(const Dataset& data) {
  const std::vector<features::Column>& columns = data.spec().set->columns();
  json scalers = {{"applied", data.spec().scaled},
                  {"technical", data.technical_scaler().has_value()
                                    ? ScalerJson(*data.technical_scaler(), columns)
                                    : WindowScalerJson(columns)}};
  if (data.has_fundamental()) {
    scalers["fundamental"] = ScalerJson(*data.fundamental_scaler(), ValueColumns());
  }
  if (data.has_event()) {
    scalers["event"] = ScalerJson(*data.event_scaler(), macro::EventColumns().columns());
  }
  return scalers;
}

nlohmann::json MetadataJson(const Dataset& data, absl::Span<const market::Candle> candles,
                            const market::QualityReport& quality, const Provenance& provenance) {
  const DatasetSpec& spec = data.spec();
  json metadata = {{"format", "aifx-dataset-1"},
                   {"pair", spec.pair.ToString()},
                   {"timeframe", market::TimeframeName(spec.timeframe)},
                   {"technical", TechnicalJson(spec)},
                   {"targets", TargetsJson(spec.targets)},
                   {"splits", SplitsJson(data)},
                   {"left_out", LeftOutJson(data)},
                   {"gaps", GapsJson(data, quality)},
                   {"scaled", spec.scaled},
                   {"candles",
                    {{"count", candles.size()},
                     {"first_open", Text(candles.front().open_time)},
                     {"last_open", Text(candles.back().open_time)}}},
                   {"source",
                    {{"candles", OrNull(provenance.candles)},
                     {"context", OrNull(provenance.context)},
                     {"fundamentals", OrNull(provenance.fundamentals)},
                     {"events", OrNull(provenance.events)}}},
                   {"engine", provenance.engine},
                   {"made_at", Text(provenance.made_at)}};
  metadata["fundamental"] =
      data.has_fundamental() ? MacroJson(macro::FundamentalColumns(), ValueColumns()) : json();
  metadata["event"] =
      data.has_event() ? MacroJson(macro::EventColumns(), macro::EventColumns().columns()) : json();
  return metadata;
}

nlohmann::json FilesJson(const std::vector<DatasetFile>& files) {
  json result = json::array();
  for (const DatasetFile& file : files) {
    json entry = {{"name", file.name}, {"bytes", file.bytes}, {"sha256", file.sha256}};
    if (!file.shape.empty()) {
      entry["dtype"] = file.dtype;
      entry["shape"] = file.shape;
    }
    result.push_back(std::move(entry));
  }
  return result;
}

}  // namespace aifx::dataset
