#ifndef AIFX_CLIENT_COLLECT_CALENDAR_READER_H_
#define AIFX_CLIENT_COLLECT_CALENDAR_READER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/macro/macro_record.h"

namespace aifx::collect {

// What the currency of an event that concerns every currency is called.
inline constexpr char kAllCurrencies[] = "All";

struct CalendarData {
  std::vector<macro::EconomicEvent> events;  // ascending by time, currency, name; each once
  // Values that are no number and were left out, each with its place, field and text.
  std::vector<std::string> unparsed;
  int64_t rows = 0;
  int64_t duplicates = 0;  // rows that told of an event again
};

// Reads an economic calendar from CSV or JSON (ParseRows). Fields, under any of these names:
//   timestamp_utc, timestamp, eventdate, date   when; a date alone has no hour
//   time_known, timeknown                       0 or false: no hour; default: as above
//   currency, country                           three letters, or All
//   impact, impactlevel                         high, medium, low, holiday
//   event, eventname, title, name               what
//   actual, forecast, previous, or with "value" behind: as ParseValueText reads them; may be empty
// A value that is no number is left out and told of in `unparsed`: the event itself is sound.
// Anything else that is wrong is InvalidArgument, naming place, field and text of each. Of two rows
// for one event (time, currency, name) the later one's known values count. `source` goes into every
// event.
absl::StatusOr<CalendarData> ParseCalendar(absl::string_view text, absl::string_view name,
                                           absl::string_view source);

// Several calendars as one, in their order: of an event in more than one, the later known values
// count.
CalendarData MergeCalendars(std::vector<CalendarData> calendars);

}  // namespace aifx::collect

#endif  // AIFX_CLIENT_COLLECT_CALENDAR_READER_H_
