// aifx collect calendar: economic calendars from files and HTTP into the backend.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "client/cli/collect/collect_write.h"
#include "client/cli/collect/subcommands.h"
#include "client/cli/errors.h"
#include "client/collect/calendar_reader.h"
#include "client/collect/source_text.h"
#include "client/http/curl_client.h"
#include "core/base/status_macros.h"

namespace aifx::cli {
namespace {

constexpr char kJob[] = "collect calendar";

struct CalendarCommand {
  CollectOptions options;
  std::vector<std::string> currencies;
};

absl::StatusOr<collect::CalendarData> ReadCalendars(const std::vector<std::string>& sources,
                                                    CollectProgress& progress, Console& console) {
  http::CurlClient http({.total_timeout = absl::Seconds(60)}, console.clock);
  const http::Retrier retrier(http, console.clock, http::SystemUniform(), {});
  for (const std::string& source : sources) AIFX_RETURN_IF_ERROR(collect::CheckSource(source));
  std::vector<collect::CalendarData> calendars;
  for (size_t i = 0; i < sources.size(); ++i) {
    progress.Reading(collect::SourceName(sources[i]), i, sources.size());
    AIFX_ASSIGN_OR_RETURN(const collect::SourceText source,
                          collect::ReadSource(sources[i], retrier, {}));
    AIFX_ASSIGN_OR_RETURN(collect::CalendarData data,
                          collect::ParseCalendar(source.text, source.name, source.origin));
    calendars.push_back(std::move(data));
  }
  return collect::MergeCalendars(std::move(calendars));
}

int Collect(const CalendarCommand& command, Console& console) {
  const auto range = RangeOf(command.options);
  const auto currencies = CurrenciesOf(command.options.pairs, command.currencies);
  for (const absl::Status& status : {range.status(), currencies.status()}) {
    if (!status.ok()) return ReportError(kJob, status, console);
  }
  CollectProgress progress(console);
  absl::StatusOr<collect::CalendarData> read =
      ReadCalendars(command.options.sources, progress, console);
  progress.Finish();
  if (!read.ok()) return CollectFailed(kJob, read.status(), console);
  progress.Warnings(read->unparsed);
  std::erase_if(read->events, [&](const macro::EconomicEvent& event) {
    const bool wanted = currencies->empty() ||
                        std::count(currencies->begin(), currencies->end(), event.currency) > 0;
    return !wanted || !range->Contains(event.time);
  });
  const nlohmann::json facts = {{"rows", read->rows},
                                {"duplicates", read->duplicates},
                                {"unparsed", read->unparsed.size()},
                                {"events", read->events.size()}};
  return WriteCollected(kJob, command.options, facts, read->events, progress, console);
}

}  // namespace

void AddCollectCalendar(CLI::App& collect, Invocation& invocation) {
  auto command = std::make_shared<CalendarCommand>();
  CLI::App* sub = collect.add_subcommand(
      "calendar", "Read economic calendars (CSV or JSON) and store what the backend lacks");
  sub->add_option("source", command->options.sources, "Files, or http and https URLs")
      ->required()
      ->type_name("SOURCE...");
  sub->add_option("--currencies", command->currencies,
                  "Only events of these (All: those of every currency), beside --pairs")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("EUR,...");
  AddCollectOptions(*sub, &command->options);
  sub->callback([command, &invocation] {
    invocation.run = [command, &invocation] { return Collect(*command, invocation.console); };
  });
}

}  // namespace aifx::cli
