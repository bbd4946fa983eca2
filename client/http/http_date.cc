#include "client/http/http_date.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"

namespace aifx::http {
namespace {

constexpr absl::Duration kLongestWait = absl::Hours(1);

bool AllDigits(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

}  // namespace

std::optional<absl::Time> ParseHttpDate(absl::string_view text) {
  // IMF-fixdate, and the two obsolete forms that a recipient must accept.
  for (const char* format :
       {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"}) {
    absl::Time time;
    std::string error;
    if (absl::ParseTime(format, text, &time, &error) && time != absl::InfiniteFuture() &&
        time != absl::InfinitePast()) {
      return time;
    }
  }
  return std::nullopt;
}

std::optional<absl::Duration> RetryAfter(const HttpResponse& response, absl::Time now) {
  const absl::string_view text = absl::StripAsciiWhitespace(response.Header("Retry-After"));
  absl::Duration wait;
  if (AllDigits(text)) {
    int64_t seconds = 0;
    // More digits than fit are a long wait too.
    wait = absl::SimpleAtoi(text, &seconds) ? absl::Seconds(seconds) : kLongestWait;
  } else {
    const std::optional<absl::Time> until = ParseHttpDate(text);
    if (!until.has_value()) return std::nullopt;
    wait = *until - ParseHttpDate(response.Header("Date")).value_or(now);
  }
  return std::clamp(wait, absl::ZeroDuration(), kLongestWait);
}

}  // namespace aifx::http
