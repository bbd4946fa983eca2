#include "client/collect/fred_json.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "core/base/json_depth.h"
#include "core/base/status_macros.h"

namespace aifx::collect {
namespace {

using nlohmann::json;

absl::Status Nonsense(absl::string_view what) {
  return absl::InternalError(absl::StrCat("FRED's answer makes no sense: ", what));
}

// Not an object where it is not well-formed, or nested as no answer of FRED's is.
json Parse(absl::string_view body) {
  if (base::IsJsonDeeperThan(body)) return json();
  return json::parse(body.begin(), body.end(), nullptr, /*allow_exceptions=*/false);
}

absl::StatusOr<std::string> TextOf(const json& row, const char* key, size_t index) {
  const auto found = row.find(key);
  if (found != row.end() && found->is_string()) return found->get<std::string>();
  return Nonsense(absl::StrCat("observations[", index, "].", key, " is not a text"));
}

absl::StatusOr<absl::CivilDay> DayOf(const json& row, const char* key, size_t index) {
  AIFX_ASSIGN_OR_RETURN(const std::string text, TextOf(row, key, index));
  absl::CivilDay day;
  if (absl::ParseCivilTime(text, &day)) return day;
  return Nonsense(absl::StrCat("observations[", index, "].", key, " is '", text, "', not a date"));
}

absl::StatusOr<FredObservation> ObservationOf(const json& row, size_t index) {
  if (!row.is_object()) return Nonsense(absl::StrCat("observations[", index, "] is no object"));
  FredObservation observation;
  AIFX_ASSIGN_OR_RETURN(observation.realtime_start, DayOf(row, "realtime_start", index));
  AIFX_ASSIGN_OR_RETURN(observation.realtime_end, DayOf(row, "realtime_end", index));
  AIFX_ASSIGN_OR_RETURN(observation.date, DayOf(row, "date", index));
  AIFX_ASSIGN_OR_RETURN(const std::string text, TextOf(row, "value", index));
  if (text == ".") return observation;
  double value = 0;
  if (!absl::SimpleAtod(text, &value) || !std::isfinite(value)) {
    return Nonsense(absl::StrCat("observations[", index, "].value is '", text, "', not a number"));
  }
  observation.value = value;
  return observation;
}

}  // namespace

absl::StatusOr<FredPage> ParseFredPage(absl::string_view body) {
  const json document = Parse(body);
  if (!document.is_object()) return Nonsense("it is not a JSON object");
  const auto count = document.find("count");
  const auto rows = document.find("observations");
  if (count == document.end() || !count->is_number_unsigned()) return Nonsense("count is missing");
  if (rows == document.end() || !rows->is_array()) return Nonsense("observations is missing");
  FredPage page;
  page.count = count->get<int64_t>();
  for (size_t i = 0; i < rows->size(); ++i) {
    AIFX_ASSIGN_OR_RETURN(FredObservation observation, ObservationOf((*rows)[i], i));
    page.observations.push_back(observation);
  }
  return page;
}

std::string FredErrorMessage(absl::string_view body) {
  const json document = Parse(body);
  if (!document.is_object()) return "";
  const auto message = document.find("error_message");
  return message == document.end() || !message->is_string() ? "" : message->get<std::string>();
}

bool IsTooManyVintages(absl::string_view message) {
  return absl::StrContains(message, "exceeds the maximum number of vintage dates");
}

}  // namespace aifx::collect
