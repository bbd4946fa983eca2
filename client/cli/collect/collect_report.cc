#include "client/cli/collect/collect_report.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "client/backend/macro_json.h"
#include "client/cli/table.h"
#include "client/cli/words.h"
#include "core/macro/impact.h"

namespace aifx::cli {
namespace {

using collect::Difference;
using macro::EconomicEvent;
using macro::FundamentalRecord;
using nlohmann::json;

constexpr size_t kMaxRows = 50;

std::string NumberWord(const std::optional<double>& value) {
  return value.has_value() ? absl::StrCat(*value) : "";
}

Table TableOf(const Difference<EconomicEvent>&) {
  return Table({{""},
                {"time"},
                {"currency"},
                {"impact"},
                {"event"},
                {"actual", true},
                {"forecast", true},
                {"previous", true}});
}

void AddRow(const EconomicEvent& event, Cell mark, Table* table) {
  const std::string time = TimeWord(event.time);
  table->AddRow({std::move(mark),
                 {event.time_known ? time : time + ", hour unknown"},
                 {event.currency},
                 {std::string(macro::ImpactName(event.impact))},
                 {event.name},
                 {NumberWord(event.actual)},
                 {NumberWord(event.forecast)},
                 {NumberWord(event.previous)}});
}

Table TableOf(const Difference<FundamentalRecord>&) {
  return Table({{""},
                {"date"},
                {"country"},
                {"indicator"},
                {"value", true},
                {"unit"},
                {"released"},
                {"source"}});
}

void AddRow(const FundamentalRecord& record, Cell mark, Table* table) {
  table->AddRow({std::move(mark),
                 {absl::FormatTime("%Y-%m-%d", record.date, absl::UTCTimeZone())},
                 {record.country},
                 {record.indicator},
                 {absl::StrCat(record.value)},
                 {record.unit},
                 {record.released_at.has_value() ? TimeWord(*record.released_at) : "unknown"},
                 {record.source}});
}

template <typename T>
std::string PlanText(const Difference<T>& difference, bool colour) {
  Table table = TableOf(difference);
  size_t rows = 0;
  for (const T& record : difference.add) {
    if (rows++ < kMaxRows) AddRow(record, {"+", Tone::kGood}, &table);
  }
  for (const T& record : difference.change) {
    if (rows++ < kMaxRows) AddRow(record, {"~", Tone::kCaution}, &table);
  }
  for (const T& record : difference.unlisted) {
    if (rows++ < kMaxRows) AddRow(record, {"?", Tone::kCaution}, &table);
  }
  if (rows == 0) return "";
  std::string text = table.ToString(colour);
  if (rows > kMaxRows) absl::StrAppend(&text, "and ", rows - kMaxRows, " more (--json has all)\n");
  return text;
}

template <typename T>
std::string TextOf(const CollectReport& report, const Difference<T>& difference, bool colour) {
  std::string text;
  if (report.dry_run) text += PlanText(difference, colour);
  text += Paint(report.job, Tone::kStrong, colour) +
          (report.dry_run ? "  dry run: nothing is written\n" : "  done\n");
  for (const auto& [name, value] : report.facts.items()) {
    if (value.is_number()) text += FactLine(name, value.dump(), colour);
  }
  const char* tense = report.dry_run ? "to add" : "added";
  text += FactLine(tense, absl::StrCat(difference.add.size()), colour);
  text += FactLine(report.dry_run ? "to change" : "changed", absl::StrCat(difference.change.size()),
                   colour);
  text += FactLine("there already", absl::StrCat(difference.same), colour);
  if (!difference.unlisted.empty()) {
    text += FactLine("no longer listed", absl::StrCat(difference.unlisted.size()), colour);
  }
  return text;
}

template <typename T>
json ListOf(const std::vector<T>& records, json (*to_json)(const T& record)) {
  json list = json::array();
  for (const T& record : records) list.push_back(to_json(record));
  return list;
}

template <typename T>
json JsonOf(const CollectReport& report, const Difference<T>& difference,
            json (*to_json)(const T& record)) {
  json out = {{"job", report.job},
              {"dry_run", report.dry_run},
              {"source", report.facts},
              {"to_add", difference.add.size()},
              {"to_change", difference.change.size()},
              {"there_already", difference.same},
              {"no_longer_listed", difference.unlisted.size()},
              {"written", report.delivered.records},
              {"inserted", report.delivered.counts.inserted},
              {"updated", report.delivered.counts.updated}};
  if (report.dry_run) {
    out["added"] = ListOf(difference.add, to_json);
    out["changed"] = ListOf(difference.change, to_json);
    out["unlisted"] = ListOf(difference.unlisted, to_json);
  }
  return out;
}

}  // namespace

std::string CollectText(const CollectReport& report, const Difference<EconomicEvent>& difference,
                        bool colour) {
  return TextOf(report, difference, colour);
}

std::string CollectText(const CollectReport& report,
                        const Difference<FundamentalRecord>& difference, bool colour) {
  return TextOf(report, difference, colour);
}

json CollectJson(const CollectReport& report, const Difference<EconomicEvent>& difference) {
  return JsonOf(report, difference, backend::EventJson);
}

json CollectJson(const CollectReport& report, const Difference<FundamentalRecord>& difference) {
  return JsonOf(report, difference, backend::FundamentalJson);
}

std::vector<std::string> UnlistedWarnings(const Difference<EconomicEvent>& difference) {
  std::vector<std::string> warnings;
  for (const EconomicEvent& event : difference.unlisted) {
    warnings.push_back(absl::StrCat(
        "the backend has ", event.currency, " ", event.name, " at ", TimeWord(event.time),
        event.time_known ? "" : ", hour unknown,",
        " without an actual, and the sources do not list it then: if it was moved it counts twice, "
        "so remove it from the backend"));
  }
  return warnings;
}

}  // namespace aifx::cli
