#include "client/cli/features/features_metadata.h"

#include "client/cli/data_check.h"
#include "core/base/build_info.h"

namespace aifx::cli {
namespace {

using nlohmann::json;

constexpr int kFormatVersion = 1;  // of metadata.json; counted up when a key changes its meaning

json Iso(const std::optional<absl::Time>& time) {
  if (!time.has_value() || *time == absl::InfinitePast()) return nullptr;
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", *time, absl::UTCTimeZone());
}

absl::string_view ConventionName(features::Convention convention) {
  switch (convention) {
    case features::Convention::kReference:
      return "reference";
    case features::Convention::kTaLib:
      return "talib";
    case features::Convention::kEngine:
      break;
  }
  return "engine";
}

json SetJson(const features::FeatureSet& set) {
  return {{"name", set.name()},
          {"hash", set.hash()},
          {"convention", ConventionName(set.convention())},
          {"memory", set.memory()},
          {"warm_up", set.warm_up()},
          {"recursive", set.recursive()}};
}

json ColumnsJson(const features::FeatureSet& set) {
  json names = json::array();
  for (const features::Column& column : set.columns()) names.push_back(column.name);
  return names;
}

json DroppedJson(const features::FeatureSet& set, const DroppedRows& dropped) {
  json by_column = json::object();
  for (size_t c = 0; c < set.columns().size(); ++c) {
    const int64_t rows = dropped.undefined_by_column[c];
    if (rows > 0) by_column[set.columns()[c].name] = rows;
  }
  return {{"warm_up", dropped.warm_up},
          {"undefined", dropped.undefined},
          {"undefined_by_column", by_column},
          {"first_undefined", Iso(dropped.first_undefined)}};
}

json PartJson(const WrittenPart& part) {
  json files = json::array();
  for (const WrittenFile& file : part.files) {
    files.push_back(
        {{"name", file.name}, {"rows", part.rows}, {"bytes", file.bytes}, {"sha256", file.sha256}});
  }
  return {
      {"rows", part.rows}, {"first", Iso(part.first)}, {"last", Iso(part.last)}, {"files", files}};
}

json ContextJson(const std::vector<JudgedContext>& context) {
  json pairs = json::array();
  for (const JudgedContext& judged : context) {
    pairs.push_back({{"pair", judged.pair.ToString()},
                     {"used", judged.used},
                     {"unusable", judged.left_out},
                     {"quality", QualityJson(judged.quality, judged.verdict)}});
  }
  return pairs;
}

json SplitJson(const SplitPlan& plan) {
  const auto point = [](const SplitPoint& end) -> json {
    if (end.time.has_value()) return {{"given", end.text}, {"known_by", Iso(end.time)}};
    return {{"given", end.text}, {"share", end.share}};
  };
  return {{"train_until", point(plan.train_until)},
          {"validation_until", point(plan.validation_until)}};
}

}  // namespace

json FeaturesMetadata(const FeaturesPlan& plan, const SeriesKey& key, const SeriesSurvey& survey,
                      const WrittenSeries& written, const std::string& backend_url) {
  json parts = json::object();
  for (size_t i = 0; i < kParts; ++i) {
    parts[std::string(kPartNames[i])] = PartJson(written.parts[i]);
  }
  return {{"kind", "aifx features"},
          {"format_version", kFormatVersion},
          {"pair", key.pair.ToString()},
          {"timeframe", market::TimeframeName(key.timeframe)},
          {"feature_set", SetJson(*plan.set)},
          {"columns", ColumnsJson(*plan.set)},
          {"format", table::TableFormatName(plan.format)},
          {"asked", {{"from", Iso(plan.from)}, {"before", Iso(plan.to)}}},
          {"split", SplitJson(plan.split)},
          {"rows", written.rows()},
          {"parts", parts},
          {"full_memory_from", Iso(survey.full_memory_from)},
          {"candles",
           {{"used", survey.read.used},
            {"before_from", survey.before},
            {"in_progress", survey.read.in_progress},
            {"unusable", survey.read.unusable}}},
          {"dropped", DroppedJson(*plan.set, written.dropped)},
          {"quality", QualityJson(survey.quality, survey.verdict)},
          {"context", ContextJson(survey.context)},
          {"source", {{"backend", backend_url}}},
          {"engine", {{"version", base::ProjectVersion()}, {"revision", base::GitRevision()}}},
          {"created_at", Iso(plan.as_of)}};
}

}  // namespace aifx::cli
