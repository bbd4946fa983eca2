#ifndef AIFX_SERVER_CONFIG_VALUES_H_
#define AIFX_SERVER_CONFIG_VALUES_H_

#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

// Text to values, for settings. Errors are InvalidArgument, name the value and say what is
// accepted.
namespace aifx::config {

// `true`, `false`, `1`, `0`, `yes`, `no`, `on`, `off`.
absl::StatusOr<bool> ParseBool(absl::string_view text);

// A whole number in [low, high].
absl::StatusOr<int64_t> ParseInteger(absl::string_view text, int64_t low, int64_t high);

// Such as `500ms`, `2s`, `1m30s`, in [low, high].
absl::StatusOr<absl::Duration> ParseDuration(absl::string_view text, absl::Duration low,
                                             absl::Duration high);

// `HOST:PORT`, an IPv6 host in brackets; the port in 0..65535.
absl::StatusOr<std::pair<std::string, int>> ParseHostPort(absl::string_view text);

// localhost, 127.0.0.0/8 and ::1.
bool IsLoopbackHost(absl::string_view host);

// An absolute http or https URL of a backend, without a trailing slash. Refused: user information
// (it would hold a secret), query, fragment, white space and control characters.
absl::StatusOr<std::string> ParseBackendUrl(absl::string_view text);

// The host of a URL that ParseBackendUrl accepted, without brackets.
std::string HostOfUrl(absl::string_view url);

}  // namespace aifx::config

#endif  // AIFX_SERVER_CONFIG_VALUES_H_
