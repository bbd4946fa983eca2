#include "client/backend/values.h"

#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace aifx::backend {
namespace {

using nlohmann::json;

constexpr size_t kMaxQuotedBytes = 80;
constexpr size_t kMaxExpectedBytes = 300;

// At most `bytes` of another program's text, in printable ASCII.
std::string Shortened(std::string text, size_t bytes) {
  for (char& c : text) {
    if (!absl::ascii_isprint(static_cast<unsigned char>(c))) c = '?';
  }
  if (text.size() <= bytes) return text;
  text.resize(bytes);
  return text + "...";
}

const json& EmptyObject() {
  static const json* const object = new json(json::object());
  return *object;
}

const json& EmptyArray() {
  static const json* const array = new json(json::array());
  return *array;
}

std::optional<double> ParseNumber(const json& value) {
  double number = 0;
  if (value.is_number()) {
    number = value.get<double>();
  } else if (!value.is_string() ||
             !absl::SimpleAtod(value.get_ref<const std::string&>(), &number)) {
    return std::nullopt;
  }
  if (!std::isfinite(number)) return std::nullopt;
  return number;
}

std::optional<int64_t> ParseInteger(const json& value) {
  if (value.is_number_unsigned()) {
    const uint64_t number = value.get<uint64_t>();
    if (number > static_cast<uint64_t>(INT64_MAX)) return std::nullopt;
    return static_cast<int64_t>(number);
  }
  if (value.is_number_integer()) return value.get<int64_t>();
  int64_t number = 0;
  if (value.is_string() && absl::SimpleAtoi(value.get_ref<const std::string&>(), &number)) {
    return number;
  }
  // 7.0, as a DECIMAL column may write a count.
  const std::optional<double> real = ParseNumber(value);
  if (real.has_value() && *real == std::floor(*real) && std::abs(*real) < 9e15) {
    return static_cast<int64_t>(*real);
  }
  return std::nullopt;
}

}  // namespace

std::string FormatTimestamp(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", time, absl::UTCTimeZone());
}

absl::Status NonsenseError(absl::string_view detail) {
  return absl::InternalError(absl::StrCat("the backend's answer makes no sense: ", detail));
}

ObjectReader::ObjectReader(const json& object, absl::string_view name, std::optional<size_t> index)
    : object_(object.is_object() ? object : EmptyObject()), name_(name), index_(index) {
  if (!object.is_object()) status_ = NonsenseError(absl::StrCat(Path(""), " is not an object"));
}

const json* ObjectReader::Find(const char* key) const {
  const auto found = object_.find(key);
  return found == object_.end() || found->is_null() ? nullptr : &*found;
}

std::string ObjectReader::Path(const char* key) const {
  std::string path(name_);
  if (index_.has_value()) absl::StrAppend(&path, "[", *index_, "]");
  if (*key != '\0') absl::StrAppend(&path, ".", key);
  return path;
}

void ObjectReader::Missing(const char* key) {
  if (status_.ok()) status_ = NonsenseError(absl::StrCat(Path(key), " is missing"));
}

void ObjectReader::Wrong(const char* key, const json& value, absl::string_view expected) {
  if (!status_.ok()) return;
  // A parser's message may repeat the whole value.
  status_ = NonsenseError(absl::StrCat(
      Path(key), " is ",
      Shortened(value.dump(-1, ' ', true, json::error_handler_t::replace), kMaxQuotedBytes), ": ",
      Shortened(std::string(expected), kMaxExpectedBytes)));
}

std::optional<double> ObjectReader::OptionalNumber(const char* key) {
  const json* member = Find(key);
  if (member == nullptr) return std::nullopt;
  const std::optional<double> number = ParseNumber(*member);
  if (!number.has_value()) Wrong(key, *member, "it is not a finite number");
  return number;
}

double ObjectReader::Number(const char* key) {
  if (!Has(key)) Missing(key);
  return OptionalNumber(key).value_or(0);
}

std::optional<int64_t> ObjectReader::OptionalInteger(const char* key) {
  const json* member = Find(key);
  if (member == nullptr) return std::nullopt;
  const std::optional<int64_t> number = ParseInteger(*member);
  if (!number.has_value()) Wrong(key, *member, "it is not a whole number");
  return number;
}

int64_t ObjectReader::Integer(const char* key) {
  if (!Has(key)) Missing(key);
  return OptionalInteger(key).value_or(0);
}

std::optional<bool> ObjectReader::OptionalBool(const char* key) {
  const json* member = Find(key);
  if (member == nullptr) return std::nullopt;
  if (member->is_boolean()) return member->get<bool>();
  if (*member == "true") return true;
  if (*member == "false") return false;
  Wrong(key, *member, "it is neither true nor false");
  return std::nullopt;
}

std::optional<std::string> ObjectReader::OptionalString(const char* key) {
  const json* member = Find(key);
  if (member == nullptr) return std::nullopt;
  if (member->is_string()) return member->get<std::string>();
  Wrong(key, *member, "it is not a string");
  return std::nullopt;
}

std::string ObjectReader::String(const char* key) {
  if (!Has(key)) Missing(key);
  return OptionalString(key).value_or("");
}

absl::Time ObjectReader::Timestamp(const char* key) {
  const json* member = Find(key);
  if (member == nullptr) return Missing(key), absl::Time();
  absl::Time time;
  std::string error;
  if (member->is_string() &&
      absl::ParseTime(absl::RFC3339_full, member->get_ref<const std::string&>(), &time, &error) &&
      time != absl::InfiniteFuture() && time != absl::InfinitePast()) {
    return time;
  }
  Wrong(key, *member, "it is not an ISO 8601 time with its zone");
  return absl::Time();
}

std::optional<absl::Time> ObjectReader::OptionalTimestamp(const char* key) {
  if (!Has(key)) return std::nullopt;
  return Timestamp(key);
}

const json& ObjectReader::Array(const char* key) {
  const json* member = Find(key);
  if (member == nullptr) return Missing(key), EmptyArray();
  if (member->is_array()) return *member;
  Wrong(key, *member, "it is not an array");
  return EmptyArray();
}

const json& ObjectReader::Object(const char* key) {
  if (!Has(key)) Missing(key);
  return OptionalObject(key);
}

const json& ObjectReader::OptionalObject(const char* key) {
  const json* member = Find(key);
  if (member == nullptr) return EmptyObject();
  if (member->is_object()) return *member;
  Wrong(key, *member, "it is not an object");
  return EmptyObject();
}

}  // namespace aifx::backend
