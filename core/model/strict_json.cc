#include "core/model/strict_json.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/json_depth.h"

namespace aifx::model {
namespace {

using nlohmann::json;

const json& Null() {
  static const auto* const null = new json();
  return *null;
}

std::string Shorten(const json& value) {
  std::string text = DumpJson(value);
  if (text.size() > 60) text = absl::StrCat(text.substr(0, 57), "...");
  return text;
}

bool IsFiniteNumber(const json& value) {
  return value.is_number() && std::isfinite(value.get<double>());
}

}  // namespace

absl::StatusOr<json> ParseJson(absl::string_view text, absl::string_view what) {
  if (base::IsJsonDeeperThan(text)) {
    return absl::InvalidArgumentError(
        absl::StrCat(what, " is nested deeper than ", base::kMaxJsonDepth, " levels"));
  }
  std::vector<std::set<std::string>> open_objects;
  std::string twice;
  const auto watch = [&](int, json::parse_event_t event, json& parsed) {
    if (event == json::parse_event_t::object_start) open_objects.emplace_back();
    if (event == json::parse_event_t::object_end) open_objects.pop_back();
    if (event == json::parse_event_t::key &&
        !open_objects.back().insert(parsed.get<std::string>()).second) {
      twice = parsed.get<std::string>();
    }
    return true;
  };
  json parsed = json::parse(text.begin(), text.end(), watch, /*allow_exceptions=*/false);
  if (parsed.is_discarded()) return absl::InvalidArgumentError(absl::StrCat(what, " is not JSON"));
  if (!twice.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(what, ": key \"", twice, "\" stands twice"));
  }
  return parsed;
}

std::string DumpJson(const json& value) {
  return value.dump(-1, ' ', /*ensure_ascii=*/false, json::error_handler_t::replace);
}

StrictObject::StrictObject(const json& json, absl::string_view what) : json_(json), what_(what) {
  if (!json.is_object()) {
    Fail(absl::InvalidArgumentError(absl::StrCat(what_, " is not a JSON object")));
  }
}

void StrictObject::Fail(absl::Status status) { status_.Update(std::move(status)); }

const json& StrictObject::Find(const char* key, bool (*accepts)(const json&), const char* type) {
  if (!status_.ok()) return Null();
  read_.insert(key);
  const auto found = json_.find(key);
  if (found == json_.end()) {
    Fail(absl::InvalidArgumentError(absl::StrCat(what_, ": key \"", key, "\" is missing")));
    return Null();
  }
  if (!accepts(*found)) {
    Fail(absl::InvalidArgumentError(
        absl::StrCat(what_, ": ", key, " ", Shorten(*found), " is not ", type)));
    return Null();
  }
  return *found;
}

std::string StrictObject::String(const char* key) {
  const json& value = Find(
      key, [](const json& j) { return j.is_string(); }, "a string");
  return value.is_null() ? "" : value.get<std::string>();
}

int64_t StrictObject::Int(const char* key) {
  const auto fits = [](const json& j) {
    return j.is_number_integer() &&
           (!j.is_number_unsigned() || j.get<uint64_t>() <= uint64_t{INT64_MAX});
  };
  const json& value = Find(key, fits, "a whole number of 64 bits");
  return value.is_null() ? 0 : value.get<int64_t>();
}

uint64_t StrictObject::Uint(const char* key) {
  const json& value = Find(
      key, [](const json& j) { return j.is_number_unsigned(); }, "a whole number >= 0");
  return value.is_null() ? 0 : value.get<uint64_t>();
}

double StrictObject::Number(const char* key) {
  const json& value = Find(key, IsFiniteNumber, "a finite number");
  return value.is_null() ? 0 : value.get<double>();
}

bool StrictObject::Bool(const char* key) {
  const json& value = Find(
      key, [](const json& j) { return j.is_boolean(); }, "true or false");
  return !value.is_null() && value.get<bool>();
}

absl::Time StrictObject::Time(const char* key) {
  const std::string text = String(key);
  absl::Time time;
  std::string error;
  if (status_.ok() && (!absl::ParseTime(absl::RFC3339_full, text, &time, &error) ||
                       time == absl::InfiniteFuture() || time == absl::InfinitePast())) {
    Fail(absl::InvalidArgumentError(
        absl::StrCat(what_, ": ", key, " \"", text, "\" is not an RFC 3339 time")));
  }
  return time;
}

std::vector<double> StrictObject::Numbers(const char* key) {
  const auto accepts = [](const json& j) {
    return j.is_array() && std::all_of(j.begin(), j.end(), IsFiniteNumber);
  };
  const json& value = Find(key, accepts, "a list of finite numbers");
  return value.is_null() ? std::vector<double>() : value.get<std::vector<double>>();
}

std::vector<std::string> StrictObject::Strings(const char* key) {
  const auto accepts = [](const json& j) {
    return j.is_array() &&
           std::all_of(j.begin(), j.end(), [](const json& item) { return item.is_string(); });
  };
  const json& value = Find(key, accepts, "a list of strings");
  return value.is_null() ? std::vector<std::string>() : value.get<std::vector<std::string>>();
}

const json& StrictObject::Object(const char* key) {
  return Find(
      key, [](const json& j) { return j.is_object(); }, "an object");
}

const json& StrictObject::Array(const char* key) {
  return Find(
      key, [](const json& j) { return j.is_array(); }, "a list");
}

const json& StrictObject::Any(const char* key) {
  return Find(
      key, [](const json&) { return true; }, "any value");
}

absl::Status StrictObject::Finish() const {
  if (!status_.ok()) return status_;
  for (const auto& [key, value] : json_.items()) {
    if (!read_.contains(key)) {
      return absl::InvalidArgumentError(absl::StrCat(what_, ": key \"", key, "\" is unknown"));
    }
  }
  return absl::OkStatus();
}

}  // namespace aifx::model
