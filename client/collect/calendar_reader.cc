#include "client/collect/calendar_reader.h"

#include <map>
#include <optional>
#include <tuple>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/collect/source_rows.h"
#include "core/base/status_macros.h"
#include "core/macro/impact.h"
#include "core/macro/value_text.h"
#include "core/market/currencies.h"

namespace aifx::collect {
namespace {

using macro::EconomicEvent;

constexpr size_t kMaxNameBytes = 255;

// Reads the fields of one row; what is wrong goes into the problems.
class EventReader {
 public:
  EventReader(const SourceRow& row, Problems& problems, std::vector<std::string>& unparsed)
      : row_(row), problems_(problems), unparsed_(unparsed) {}

  EconomicEvent Read() {
    EconomicEvent event;
    ReadTime(event);
    event.currency = ReadCurrency();
    event.impact = ReadImpact();
    event.name = ReadName();
    event.actual = ReadValue("actual", {"actual", "actualvalue"});
    event.forecast = ReadValue("forecast", {"forecast", "forecastvalue"});
    event.previous = ReadValue("previous", {"previous", "previousvalue"});
    return event;
  }

 private:
  void ReadTime(EconomicEvent& event) {
    const absl::string_view text = row_.Text({"timestamp_utc", "timestamp", "eventdate", "date"});
    const absl::StatusOr<SourceTime> time = ParseSourceTime(text);
    if (!time.ok()) return problems_.Add(row_.Wrong("time", text, time.status().message()));
    event.time = time->time;
    const absl::string_view known = row_.Text({"time_known", "timeknown"});
    if (known == "0" || known == "false") {
      event.time_known = false;
    } else if (known == "1" || known == "true" || known.empty()) {
      event.time_known = time->has_hour;
    } else {
      problems_.Add(row_.Wrong("time_known", known, "is neither 0 nor 1"));
    }
  }

  std::string ReadCurrency() {
    const absl::string_view text = row_.Text({"currency", "country"});
    // As written: ALL would be the Albanian lek.
    if (text == kAllCurrencies) return kAllCurrencies;
    std::string code = absl::AsciiStrToUpper(text);
    if (!market::IsCurrency(code)) problems_.Add(row_.Wrong("currency", text, "is not known"));
    return code;
  }

  macro::Impact ReadImpact() {
    const absl::string_view text = row_.Text({"impact", "impactlevel"});
    const absl::StatusOr<macro::Impact> impact = macro::ParseImpact(text);
    if (impact.ok()) return *impact;
    problems_.Add(row_.Wrong("impact", text, "is not high, medium, low or holiday"));
    return macro::Impact::kLow;
  }

  std::string ReadName() {
    const absl::string_view text = row_.Text({"event", "eventname", "title", "name"});
    if (text.empty() || text.size() > kMaxNameBytes) {
      problems_.Add(row_.Wrong("event", text, text.empty() ? "is empty" : "is too long"));
    }
    return std::string(text);
  }

  std::optional<double> ReadValue(absl::string_view field,
                                  std::initializer_list<absl::string_view> names) {
    const absl::string_view text = row_.Text(names);
    if (text.empty()) return std::nullopt;
    const absl::StatusOr<macro::ValueText> value = macro::ParseValueText(text);
    if (value.ok()) return value->value;
    unparsed_.push_back(row_.Wrong(field, text, "is not one number: left out").description);
    return std::nullopt;
  }

  const SourceRow& row_;
  Problems& problems_;
  std::vector<std::string>& unparsed_;
};

// What is known later counts; what is unknown later takes nothing away.
void Merge(const EconomicEvent& later, EconomicEvent& event) {
  event.impact = later.impact;
  event.time_known = later.time_known;
  if (later.actual.has_value()) event.actual = later.actual;
  if (later.forecast.has_value()) event.forecast = later.forecast;
  if (later.previous.has_value()) event.previous = later.previous;
}

// Keeps one event a key.
class EventTable {
 public:
  // False where there was one of that key already, which it is merged with.
  bool Add(EconomicEvent event) {
    const auto [found, is_new] =
        events_.try_emplace(Key(event.time, event.currency, event.name), event);
    if (!is_new) Merge(event, found->second);
    return is_new;
  }
  std::vector<EconomicEvent> Take() {
    std::vector<EconomicEvent> sorted;
    for (auto& [key, event] : events_) sorted.push_back(std::move(event));
    return sorted;
  }

 private:
  using Key = std::tuple<absl::Time, std::string, std::string>;

  std::map<Key, EconomicEvent> events_;
};

}  // namespace

absl::StatusOr<CalendarData> ParseCalendar(absl::string_view text, absl::string_view name,
                                           absl::string_view source) {
  AIFX_ASSIGN_OR_RETURN(const std::vector<SourceRow> rows, ParseRows(text, name));
  CalendarData data;
  data.rows = static_cast<int64_t>(rows.size());
  Problems problems;
  EventTable events;
  for (const SourceRow& row : rows) {
    EconomicEvent event = EventReader(row, problems, data.unparsed).Read();
    event.source = std::string(source);
    if (!events.Add(std::move(event))) ++data.duplicates;
  }
  AIFX_RETURN_IF_ERROR(problems.ToStatus());
  data.events = events.Take();
  return data;
}

CalendarData MergeCalendars(std::vector<CalendarData> calendars) {
  CalendarData all;
  EventTable events;
  for (CalendarData& calendar : calendars) {
    all.rows += calendar.rows;
    all.duplicates += calendar.duplicates;
    all.unparsed.insert(all.unparsed.end(), calendar.unparsed.begin(), calendar.unparsed.end());
    for (EconomicEvent& event : calendar.events) {
      if (!events.Add(std::move(event))) ++all.duplicates;
    }
  }
  all.events = events.Take();
  return all;
}

}  // namespace aifx::collect
