#include "client/backend/macro_json.h"

#include "absl/strings/str_cat.h"
#include "client/backend/values.h"
#include "core/base/status_macros.h"
#include "core/macro/impact.h"

namespace aifx::backend {
namespace {

using macro::EconomicEvent;
using macro::FundamentalRecord;
using macro::Impact;
using nlohmann::json;

// A DATE column is written 2018-06-12, another one as a whole timestamp.
absl::StatusOr<absl::Time> ParseDate(absl::string_view text) {
  absl::Time time;
  std::string error;
  for (const std::string& format : {std::string("%Y-%m-%d"), std::string(absl::RFC3339_full)}) {
    if (absl::ParseTime(format, text, absl::UTCTimeZone(), &time, &error)) return time;
  }
  return absl::InvalidArgumentError("it is not an ISO 8601 date");
}

std::string FormatDate(absl::Time date) {
  return absl::FormatTime("%Y-%m-%d", date, absl::UTCTimeZone());
}

void Put(json& body, const char* key, const std::string& text) {
  if (!text.empty()) body[key] = text;
}

void Put(json& body, const char* key, const std::optional<double>& value) {
  if (value.has_value()) body[key] = *value;
}

}  // namespace

absl::StatusOr<FundamentalRecord> FundamentalOf(const json& row, size_t index) {
  ObjectReader reader(row, "fundamentalData", index);
  FundamentalRecord record;
  record.date = reader.Parsed("date", ParseDate).value_or(absl::UnixEpoch());
  record.country = reader.String("country");
  record.indicator = reader.String("indicator");
  record.value = reader.Number("value");
  record.unit = reader.OptionalString("unit").value_or("");
  record.source = reader.OptionalString("source").value_or("");
  record.released_at = reader.OptionalTimestamp("releasedAt");
  AIFX_RETURN_IF_ERROR(reader.status());
  return record;
}

absl::StatusOr<EconomicEvent> EventOf(const json& row, size_t index) {
  ObjectReader reader(row, "events", index);
  EconomicEvent event;
  event.time = reader.Timestamp("eventDate");
  event.currency = reader.String("currency");
  event.name = reader.String("eventName");
  event.impact = reader.Parsed("impactLevel", macro::ParseImpact).value_or(Impact::kLow);
  event.forecast = reader.OptionalNumber("forecastValue");
  event.actual = reader.OptionalNumber("actualValue");
  event.previous = reader.OptionalNumber("previousValue");
  event.source = reader.OptionalString("source").value_or("");
  event.time_known = reader.OptionalBool("timeKnown").value_or(true);
  AIFX_RETURN_IF_ERROR(reader.status());
  return event;
}

json FundamentalJson(const FundamentalRecord& record) {
  json body = {{"date", FormatDate(record.date)},
               {"country", record.country},
               {"indicator", record.indicator},
               {"value", record.value}};
  Put(body, "unit", record.unit);
  Put(body, "source", record.source);
  if (record.released_at.has_value()) body["releasedAt"] = FormatTimestamp(*record.released_at);
  return body;
}

json EventJson(const EconomicEvent& event) {
  json body = {{"eventDate", FormatTimestamp(event.time)},
               {"currency", event.currency},
               {"eventName", event.name},
               {"impactLevel", std::string(macro::ImpactName(event.impact))},
               {"timeKnown", event.time_known}};
  Put(body, "forecastValue", event.forecast);
  Put(body, "actualValue", event.actual);
  Put(body, "previousValue", event.previous);
  Put(body, "source", event.source);
  return body;
}

std::string KeyOf(const FundamentalRecord& record) {
  return absl::StrCat(
      absl::ToUnixMillis(record.date), "|", record.country, "|", record.indicator, "|",
      record.released_at.has_value() ? absl::StrCat(absl::ToUnixMillis(*record.released_at)) : "");
}

std::string KeyOf(const EconomicEvent& event) {
  return absl::StrCat(absl::ToUnixMillis(event.time), "|", event.currency, "|", event.name);
}

}  // namespace aifx::backend
