#ifndef AIFX_SERVER_CONFIG_APPLIERS_H_
#define AIFX_SERVER_CONFIG_APPLIERS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "core/base/status_macros.h"
#include "server/config/server_config.h"
#include "server/config/values.h"

namespace aifx::config {

// What Setting::apply is for values of the usual kinds: InvalidArgument for a text that is no such
// value or out of its range, else the value is written to its place.
using Apply = std::function<absl::Status(const std::string&, ServerConfig&)>;

// Where a setting's value lies in the config: `[](ServerConfig& c) -> T& { return c.x.y; }`.
template <typename T>
using Place = T& (*)(ServerConfig&);

// An integer in low..high.
template <typename T>
Apply Integer(Place<T> place, int64_t low, int64_t high) {
  return [=](const std::string& text, ServerConfig& config) -> absl::Status {
    AIFX_ASSIGN_OR_RETURN(const int64_t value, ParseInteger(text, low, high));
    place(config) = static_cast<T>(value);
    return absl::OkStatus();
  };
}

// A duration in low..high.
inline Apply Time(Place<absl::Duration> place, absl::Duration low, absl::Duration high) {
  return [=](const std::string& text, ServerConfig& config) -> absl::Status {
    AIFX_ASSIGN_OR_RETURN(place(config), ParseDuration(text, low, high));
    return absl::OkStatus();
  };
}

// The name of a folder, which need not exist.
inline Apply Folder(Place<std::string> place) {
  return [=](const std::string& text, ServerConfig& config) -> absl::Status {
    if (text.empty()) return absl::InvalidArgumentError("the folder's name is empty");
    place(config) = text;
    return absl::OkStatus();
  };
}

// One of `words`.
template <typename T>
Apply Word(Place<T> place, std::vector<std::pair<std::string, T>> words) {
  return [=](const std::string& text, ServerConfig& config) -> absl::Status {
    for (const auto& [word, value] : words) {
      if (word != text) continue;
      place(config) = value;
      return absl::OkStatus();
    }
    const auto name = [](std::string* out, const auto& word) { out->append(word.first); };
    return absl::InvalidArgumentError(
        absl::StrCat("\"", text, "\" is none of ", absl::StrJoin(words, ", ", name)));
  };
}

}  // namespace aifx::config

#endif  // AIFX_SERVER_CONFIG_APPLIERS_H_
