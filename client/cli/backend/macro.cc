// aifx backend fundamentals, aifx backend events: macro data as the backend has it.
#include <CLI/CLI.hpp>
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/backend/macro_client.h"
#include "client/backend/macro_json.h"
#include "client/cli/backend/backend_command.h"
#include "client/cli/backend/subcommands.h"
#include "client/cli/table.h"
#include "client/cli/words.h"
#include "core/base/status_macros.h"
#include "core/macro/impact.h"

namespace aifx::cli {
namespace {

struct MacroCommand : BackendCommand {
  std::string indicator, as_of, start, end;
  std::vector<std::string> countries, currencies, impacts;
  size_t limit = 50;
};

std::string NumberWord(const std::optional<double>& value) {
  return value.has_value() ? absl::StrFormat("%g", *value) : "";
}

std::string DateWord(absl::Time date) {
  return absl::FormatTime("%Y-%m-%d", date, absl::UTCTimeZone());
}

// The newest `limit` of ascending rows.
template <typename T>
void KeepNewest(std::vector<T>& rows, size_t limit) {
  rows.erase(rows.begin(), rows.end() - static_cast<ptrdiff_t>(std::min(limit, rows.size())));
}

absl::StatusOr<Shown> ShowFundamentals(const MacroCommand& command, const BackendCall& call) {
  macro::FundamentalQuery query{.indicator = command.indicator, .countries = command.countries};
  AIFX_ASSIGN_OR_RETURN(query.start, TimeOption("--start", command.start));
  AIFX_ASSIGN_OR_RETURN(query.end, TimeOption("--end", command.end));
  AIFX_ASSIGN_OR_RETURN(query.as_of, TimeOption("--as-of", command.as_of));
  AIFX_ASSIGN_OR_RETURN(
      auto records, backend::MacroClient(call.client.channel()).Fundamentals(query, call.context));
  const int64_t total = static_cast<int64_t>(records.size());
  KeepNewest(records, command.limit);
  Shown shown{.json = {{"fundamentalData", nlohmann::json::array()}, {"total", total}}};
  Table table({{"period"},
               {"country"},
               {"indicator"},
               {"value", true},
               {"unit"},
               {"released"},
               {"source"}});
  for (const macro::FundamentalRecord& record : records) {
    shown.json["fundamentalData"].push_back(backend::FundamentalJson(record));
    table.AddRow({{DateWord(record.date)},
                  {record.country},
                  {record.indicator},
                  {NumberWord(record.value)},
                  {record.unit},
                  {record.released_at.has_value() ? TimeWord(*record.released_at) : ""},
                  {record.source}});
  }
  shown.text = (table.empty() ? "no fundamental data\n" : table.ToString(call.colour)) +
               CountLine(records.size(), total, 0, call.colour);
  return shown;
}

absl::StatusOr<macro::EventQuery> MakeEventQuery(const MacroCommand& command) {
  macro::EventQuery query{.currencies = command.currencies};
  for (const std::string& word : command.impacts) {
    const absl::StatusOr<macro::Impact> impact = macro::ParseImpact(word);
    if (!impact.ok()) {
      return absl::InvalidArgumentError(absl::StrCat("--impact: ", impact.status().message()));
    }
    query.impacts.push_back(*impact);
  }
  AIFX_ASSIGN_OR_RETURN(query.start, TimeOption("--start", command.start));
  AIFX_ASSIGN_OR_RETURN(query.end, TimeOption("--end", command.end));
  return query;
}

Tone ImpactTone(macro::Impact impact) {
  if (impact == macro::Impact::kHigh) return Tone::kBad;
  return impact == macro::Impact::kMedium ? Tone::kCaution : Tone::kPlain;
}

absl::StatusOr<Shown> ShowEvents(const MacroCommand& command, const BackendCall& call) {
  AIFX_ASSIGN_OR_RETURN(const macro::EventQuery query, MakeEventQuery(command));
  AIFX_ASSIGN_OR_RETURN(auto events,
                        backend::MacroClient(call.client.channel()).Events(query, call.context));
  const int64_t total = static_cast<int64_t>(events.size());
  KeepNewest(events, command.limit);
  Shown shown{.json = {{"events", nlohmann::json::array()}, {"total", total}}};
  Table table({{"time"},
               {"currency"},
               {"impact"},
               {"previous", true},
               {"forecast", true},
               {"actual", true},
               {"event"}});
  for (const macro::EconomicEvent& event : events) {
    shown.json["events"].push_back(backend::EventJson(event));
    table.AddRow({{event.time_known ? TimeWord(event.time) : DateWord(event.time)},
                  {event.currency},
                  {std::string(macro::ImpactName(event.impact)), ImpactTone(event.impact)},
                  {NumberWord(event.previous)},
                  {NumberWord(event.forecast)},
                  {NumberWord(event.actual)},
                  {event.name}});
  }
  shown.text = (table.empty() ? "no events\n" : table.ToString(call.colour)) +
               CountLine(events.size(), total, 0, call.colour);
  return shown;
}

void AddRangeAndLimit(CLI::App& app, MacroCommand* command) {
  app.add_option("--start", command->start, "From then on")->type_name("TIME");
  app.add_option("--end", command->end, "Up to then")->type_name("TIME");
  app.add_option("--limit", command->limit, "At most so many, the newest")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
}

}  // namespace

void AddBackendMacro(CLI::App& group, Invocation& invocation) {
  auto fundamentals = std::make_shared<MacroCommand>();
  CLI::App* app = group.add_subcommand("fundamentals", "List fundamental data, oldest first");
  app->add_option("--indicator", fundamentals->indicator,
                  "interest_rate, gdp, cpi, unemployment, inflation, pmi or trade_balance")
      ->type_name("NAME");
  app->add_option("--country", fundamentals->countries, "Such as US,EU")
      ->delimiter(',')
      ->type_name("CODES");
  app->add_option("--as-of", fundamentals->as_of, "Only what was known then")->type_name("TIME");
  AddRangeAndLimit(*app, fundamentals.get());
  FinishBackendCommand(*app, "fundamentals", fundamentals, ShowFundamentals, invocation);

  auto events = std::make_shared<MacroCommand>();
  app = group.add_subcommand("events", "List events of the economic calendar, oldest first");
  app->add_option("--currency", events->currencies, "Such as USD,EUR")
      ->delimiter(',')
      ->type_name("CODES");
  app->add_option("--impact", events->impacts, "holiday, low, medium, high")
      ->delimiter(',')
      ->type_name("WORDS");
  AddRangeAndLimit(*app, events.get());
  FinishBackendCommand(*app, "events", events, ShowEvents, invocation);
}

}  // namespace aifx::cli
