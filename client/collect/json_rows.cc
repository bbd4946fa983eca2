#include "client/collect/json_rows.h"

#include <nlohmann/json.hpp>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/base/json_depth.h"
#include "core/base/status_macros.h"

namespace aifx::collect {
namespace {

using nlohmann::json;

absl::Status Wrong(absl::string_view place, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(place, " ", what));
}

// The array itself, or the only array among an object's members.
absl::StatusOr<const json*> FindArray(const json& document, absl::string_view name) {
  if (document.is_array()) return &document;
  const json* found = nullptr;
  for (const json& member : document) {
    if (!member.is_array()) continue;
    if (found != nullptr) return Wrong(name, "has more than one array: which holds the rows?");
    found = &member;
  }
  if (found == nullptr) return Wrong(name, "has no array of rows");
  return found;
}

absl::StatusOr<std::string> TextOf(const json& value, absl::string_view place,
                                   absl::string_view field) {
  if (value.is_null()) return std::string();
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number() || value.is_boolean()) return value.dump();
  return Wrong(place, absl::StrCat("field ", field, " is an array or an object, not one value"));
}

// Follows the parser and keeps the first field that an object has twice, of which the parsed
// document holds only the last.
class DuplicateFields {
 public:
  explicit DuplicateFields(absl::string_view name) : name_(name) {}

  void On(json::parse_event_t event, const json& parsed) {
    using Event = json::parse_event_t;
    if (event == Event::object_end || event == Event::array_end) return levels_.pop_back();
    if (event == Event::key) {
      const std::string field = parsed.get<std::string>();
      const bool is_new = levels_.back().fields.insert(field).second;
      if (!is_new && status_.ok()) {
        status_ = Wrong(Place(), absl::StrCat("has the field ", field, " twice"));
      }
      return;
    }
    if (!levels_.empty()) ++levels_.back().values;
    if (event != Event::value) levels_.push_back({.is_array = event == Event::array_start});
  }

  const absl::Status& status() const { return status_; }

 private:
  struct Level {
    bool is_array = false;
    size_t values = 0;  // begun so far
    std::set<std::string> fields = {};
  };

  // The element of the innermost array.
  std::string Place() const {
    for (auto level = levels_.rbegin(); level != levels_.rend(); ++level) {
      if (level->is_array) return absl::StrCat(name_, "[", level->values - 1, "]");
    }
    return std::string(name_);
  }

  absl::string_view name_;
  std::vector<Level> levels_;
  absl::Status status_;
};

absl::StatusOr<SourceRow> RowOf(const json& element, std::string place) {
  if (!element.is_object()) return Wrong(place, "is not an object");
  SourceRow row{.place = std::move(place), .fields = {}};
  for (const auto& [key, value] : element.items()) {
    const std::string field = absl::AsciiStrToLower(key);
    AIFX_ASSIGN_OR_RETURN(std::string text, TextOf(value, row.place, key));
    if (!row.fields.emplace(field, std::move(text)).second) {
      return Wrong(row.place, absl::StrCat("has the field ", field, " twice"));
    }
  }
  return row;
}

}  // namespace

absl::StatusOr<std::vector<SourceRow>> ParseJsonRows(absl::string_view text,
                                                     absl::string_view name) {
  if (base::IsJsonDeeperThan(text)) {
    return Wrong(name, absl::StrCat("is nested deeper than ", base::kMaxJsonDepth, " levels"));
  }
  DuplicateFields duplicates(name);
  const auto on_event = [&](int, json::parse_event_t event, const json& parsed) {
    duplicates.On(event, parsed);
    return true;
  };
  const json document = json::parse(text.begin(), text.end(), on_event, /*allow_exceptions=*/false);
  if (document.is_discarded()) return Wrong(name, "is not well-formed JSON");
  AIFX_RETURN_IF_ERROR(duplicates.status());
  AIFX_ASSIGN_OR_RETURN(const json* array, FindArray(document, name));
  std::vector<SourceRow> rows;
  for (size_t i = 0; i < array->size(); ++i) {
    AIFX_ASSIGN_OR_RETURN(SourceRow row, RowOf((*array)[i], absl::StrCat(name, "[", i, "]")));
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace aifx::collect
