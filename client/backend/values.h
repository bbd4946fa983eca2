#ifndef AIFX_CLIENT_BACKEND_VALUES_H_
#define AIFX_CLIENT_BACKEND_VALUES_H_

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace aifx::backend {

// ISO 8601 in UTC with milliseconds, as the backend writes it: 2018-06-12T10:00:00.000Z.
std::string FormatTimestamp(absl::Time time);

// INTERNAL: the backend's answer is JSON but not what the contract says.
absl::Status NonsenseError(absl::string_view detail);

// Reads the members of one JSON object of the backend. Numbers may be JSON numbers or strings that
// hold one; a null member is an absent one; members that nobody asks for are ignored. The first
// thing wrong is kept in status(), which names member and value; what is read after that, and the
// wrong member itself, is a default value. Not thread-safe; refers to the object.
class ObjectReader {
 public:
  // `name` is how messages call the object: "data.pagination". An array's element also has its
  // index: "marketData", 17 becomes marketData[17].
  ObjectReader(const nlohmann::json& object, absl::string_view name,
               std::optional<size_t> index = std::nullopt);

  // Required members: absent is an error. Numbers are finite.
  double Number(const char* key);
  int64_t Integer(const char* key);
  std::string String(const char* key);
  absl::Time Timestamp(const char* key);
  const nlohmann::json& Array(const char* key);
  const nlohmann::json& Object(const char* key);

  std::optional<double> OptionalNumber(const char* key);
  std::optional<int64_t> OptionalInteger(const char* key);
  std::optional<bool> OptionalBool(const char* key);  // also "true" and "false"
  std::optional<std::string> OptionalString(const char* key);
  std::optional<absl::Time> OptionalTimestamp(const char* key);
  // An empty object where absent.
  const nlohmann::json& OptionalObject(const char* key);

  // A string that `parse` understands, such as ParseSignal. Empty (and an error in status())
  // where it does not, or where the member is absent.
  template <typename T>
  std::optional<T> Parsed(const char* key, absl::StatusOr<T> (*parse)(absl::string_view)) {
    const nlohmann::json* member = Find(key);
    if (member == nullptr) return Missing(key), std::nullopt;
    return ParseMember(key, *member, parse);
  }
  // The same, but absent is no error.
  template <typename T>
  std::optional<T> OptionalParsed(const char* key, absl::StatusOr<T> (*parse)(absl::string_view)) {
    const nlohmann::json* member = Find(key);
    if (member == nullptr) return std::nullopt;
    return ParseMember(key, *member, parse);
  }

  // Present and not null.
  bool Has(const char* key) const { return Find(key) != nullptr; }
  const absl::Status& status() const { return status_; }

 private:
  const nlohmann::json* Find(const char* key) const;
  std::string Path(const char* key) const;
  void Missing(const char* key);
  void Wrong(const char* key, const nlohmann::json& value, absl::string_view expected);

  template <typename T>
  std::optional<T> ParseMember(const char* key, const nlohmann::json& member,
                               absl::StatusOr<T> (*parse)(absl::string_view)) {
    if (member.is_string()) {
      absl::StatusOr<T> value = parse(member.get_ref<const std::string&>());
      if (value.ok()) return *std::move(value);
      Wrong(key, member, value.status().message());
    } else {
      Wrong(key, member, "it is not a string");
    }
    return std::nullopt;
  }

  const nlohmann::json& object_;
  absl::string_view name_;
  std::optional<size_t> index_;
  absl::Status status_;
};

}  // namespace aifx::backend

#endif  // AIFX_CLIENT_BACKEND_VALUES_H_
